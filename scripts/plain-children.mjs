// Loaded into every test by .taprc, after tap's own hooks. They would have each Node that a test starts record the files
// that it loads: that makes a start thrice as long, and of use is it to coverage alone, which ends at the bundles anyway.
import processOnSpawn from 'process-on-spawn';

processOnSpawn.removeAllListeners();
