// Loaded into every test by .taprc, after tap's own hooks. Those have each Node that a test starts record what it loads,
// which triples the time of its start and serves coverage alone.
import processOnSpawn from 'process-on-spawn';

if (process.env.TAP_DISABLE_COVERAGE === '1') {
  processOnSpawn.removeAllListeners();
  delete process.env.NODE_OPTIONS;
}
