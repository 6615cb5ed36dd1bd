import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { makeNamespace } from './cluster.js';
import { makeDeployWorld } from './deploy-world.js';
import { findGap, type More, migrate, RULES, steady } from './numbered-log.js';
import { skipWithout } from './skip-without.js';

/** Parts of the cluster stand still, or are stopped and started, in the middle of a command. Nobody else may use it then. */

const execute = promisify(execFile);
const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const uncontrolled = skip || skipWithout('LAB_CONTROL');
const control = process.env['LAB_CONTROL'] ?? '';
if (skip === false) t.setTimeout(1_800_000);

t.test('deploy: servers that stand still', { skip, timeout: 1_800_000 }, async (t) => {
  const { deploy, takeTurn, state } = await makeDeployWorld(t);
  for (const part of ['etcd', 'apiserver', 'kubelet']) {
    const pid = await findProcess(part);
    if (pid === undefined) {
      t.pass(`${part} is not here to be stopped`, { skip: 'only in the lab' });
      continue;
    }
    const digest = takeTurn();
    process.kill(pid, 'SIGSTOP');
    const going = deploy(digest);
    try {
      await setTimeout(8000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const done = await going;
    t.equal(done.code, 0, `${part}: ${done.err}`);
    t.same(await state(), { runs: digest, recorded: digest });
  }
});

t.test('deploy: the node is lost, and comes back', { skip, timeout: 1_800_000 }, async (t) => {
  const { deploy, takeTurn, state } = await makeDeployWorld(t);
  const pid = await findProcess('kubelet');
  if (pid === undefined) return t.pass('the kubelet is not here to be stopped', { skip: 'only in the lab' });
  const digest = takeTurn();
  process.kill(pid, 'SIGSTOP');
  try {
    const lost = await deploy(digest, undefined, '90s');
    t.equal(lost.code, 70);
    t.match(
      lost.err,
      /^build-once deploy: deployment\/web timed out after 90s: .*; Pod web-\S+: its node \S+ (?:has not taken it up|is not ready)/,
    );
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const found = await deploy(digest);
  t.equal(found.code, 0, found.err);
  t.same(await state(), { runs: digest, recorded: digest });
});

/** The id of a part of the lab's cluster, which `lab` keeps beside the kubeconfigs. */
async function findProcess(part: string): Promise<number | undefined> {
  const file = join(dirname(process.env['LAB_DEPLOYER_KUBECONFIG'] ?? ''), '..', 'pid', part);
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return Number.isNaN(pid) ? undefined : pid;
}

for (const part of ['apiserver', 'kubelet']) {
  const name = `the log of a migration: the ${part} is stopped and started`;
  t.test(name, { skip: uncontrolled, timeout: 1_800_000 }, async (t) => {
    t.teardown(() => execute(control, ['up', 'cluster']));
    const namespace = await makeNamespace(t, RULES);
    const meanwhile = async (more: More) => {
      await more(1000);
      await execute(control, ['stop', part]);
      await setTimeout(3000);
      await execute(control, ['up', 'cluster']);
    };
    const { out } = await migrate(t, steady(12_000, 500), { namespace, meanwhile });
    t.equal(findGap(out, 12_000), undefined);
  });
}
