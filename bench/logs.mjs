// The log of a migration beside `kubectl logs -f` on a real cluster, in one run: lines lost, megabytes a second, memory; and
// how long the commands of Kubernetes take to start. It makes a namespace of its own and removes it. Of what is written as
// fast as it goes lines can be lost to everyone: the kubelet does not read what it has rotated away in the meantime.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ms, say, times } from './image/report.mjs';
import { interleave, run } from './image/run.mjs';
import { openNamespace } from './logs/cluster.mjs';
import { numberedLines, steadily } from './logs/writer.mjs';

const MEMORY = 120;
const START = 2.4;
const registry = process.env.LAB_REGISTRY;
if (!registry || !process.env.KUBECONFIG || spawnSync('kubectl', ['version', '--client']).status !== 0) {
  console.log('bench/logs.mjs needs kubectl, KUBECONFIG of a cluster, and LAB_REGISTRY with an image node:20-slim');
  process.exit(0);
}
const program = fileURLToPath(new URL('../dist/build-once.mjs', import.meta.url));
const namespace = await openNamespace(registry);
const ours = (script) => namespace.follow([process.execPath, program, ...namespace.migration(script)]);

function compare(what, lines, ended, { isFast = false } = {}) {
  console.log(`\n${what}: ${lines} lines of 100 bytes`);
  for (const [name, { count, gaps, seconds, memory }] of Object.entries(ended)) {
    const rate = `${((count * 100) / 1e6 / seconds).toFixed(1)} MB/s`;
    const lost = lines - count;
    const mine = name === 'build-once';
    say(
      `${name}: lost`,
      `${lost} lines`,
      mine && !isFast ? '0, in order' : 'compared',
      !mine || isFast || (lost === 0 && gaps === 0),
    );
    if (isFast) say(`${name}: speed`, rate, 'compared', true);
    if (mine) say(`${name}: memory at most`, `${memory.toFixed(0)} MiB`, `at most ${MEMORY}`, memory <= MEMORY);
  }
}

try {
  const steady = steadily(30_000_000 / 100, 10_000);
  const beside = namespace.makeJob(steady);
  const [mine, theirs] = await Promise.all([ours(steady), beside.follow()]);
  compare('1 MB/s for half a minute, both at once, each its own Pod', 300_000, {
    'build-once': mine,
    'kubectl logs -f': theirs,
  });

  const burst = numberedLines(600_000);
  compare(
    'As fast as it goes, one after the other',
    600_000,
    {
      'build-once': await ours(burst),
      'kubectl logs -f': await namespace.makeJob(burst).follow(),
    },
    { isFast: true },
  );

  const wrong = [
    '--namespace',
    'No Name',
    '--image',
    `a.example/b@sha256:${'0'.repeat(64)}`,
    '--commit',
    '0'.repeat(40),
  ];
  const verb = (name, more, wanted) => () => run([process.execPath, program, name, ...more], { wanted });
  const { bare, ...verbs } = await interleave(15, {
    bare: () => run([process.execPath, '-e', '0']),
    'run-migration --help': verb('run-migration', ['--help'], 0),
    'run-migration, refused': verb(
      'run-migration',
      ['--environment', 'e', '--workload', 'deployment/w', '--command', '["x"]', ...wrong],
      2,
    ),
    'deploy --help': verb('deploy', ['--help'], 0),
    'deploy, refused': verb('deploy', ['--environment', 'e', '--workloads', 'deployment/w', ...wrong], 2),
  });
  console.log(`\nStarting; bare node ${ms(bare.time)}`);
  for (const [name, { time }] of Object.entries(verbs)) {
    say(`${name} ${ms(time)}`, times(time / bare.time), `at most ${START}`, time / bare.time <= START);
  }
} finally {
  namespace.remove();
}
