import { run } from '../../src/commands/deploy/run.js';
import { NOT_APPLIED, ORDER } from '../support/comparison.js';
import { testIo } from '../support/test-io.js';

/** Deploys to the cluster of a kubeconfig in a process of its own, and prints how that ended and the memory that it took. */

const [kubeconfig = '', image = ''] = process.argv.slice(2);
const io = testIo();
const result = await run(
  {
    ...ORDER,
    ...NOT_APPLIED,
    environment: 'staging',
    namespace: 'shop',
    workloads: 'deployment/web',
    eks: '',
    region: '',
    role: '',
    kubeconfig,
    image,
    commit: '0123456789abcdef0123456789abcdef01234567',
    directory: 'build-once',
    timeout: '4m',
    dry_run: false,
    grace: '5m',
  },
  io,
);
process.stdout.write(io.out());
const memory = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ cause: result.ok ? undefined : result.error.cause, memory })}\n`);
process.exit();
