import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dump, load } from 'js-yaml';
import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { statusRules } from '../../src/kubernetes/permissions.js';
import type { Rule } from '../../src/kubernetes/rule.js';
import { NOT_APPLIED, ORDER } from '../support/comparison.js';
import { makeGitRepository } from '../support/git-repository.js';
import { readText } from '../support/golden.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeDeployment, makeNamespace } from './cluster.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';

/**
 * `gen-config status` as its users run it: the program, in a checkout, with a kubeconfig of two contexts. One cluster stands
 * for two: the contexts have names and namespaces of their own, and the user has what status needs and nothing else.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
if (skip === false) t.setTimeout(1_800_000);

const ARN = 'arn:aws:eks:us-east-1:123456789012:cluster/production';
const JOB = 'https://app.circleci.com/jobs/7';

const makeSpec = (repository: string, staging: string, production: string) => `version: 1
image: { repository: ${repository} }
defaults: { kubernetes: { workloads: [deployment/web, cronjob/report] } }
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: STAGING_KUBECONFIG, namespace: ${staging} }
  production:
    after: staging
    role: arn:aws:iam::123456789012:role/shop-deploy
    kubernetes: { eks: production, region: us-east-1, namespace: ${production} }
`;

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: object }[];
  readonly users: readonly { readonly user: object }[];
}

/** The kubeconfig of a developer: the user of the lab who has no rights but those that are given, in two contexts and more. */
function makeKubeconfig(folder: string): string {
  const lab = load(readText(process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '') ?? '') as Kubeconfig;
  const cluster = lab.clusters[0]?.cluster;
  const names = ['kind-staging', ARN];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'expired',
    clusters: [
      ...names.map((name) => ({ name, cluster })),
      { name: 'down', cluster: { ...cluster, server: 'https://127.0.0.1:1' } },
    ],
    users: [
      { name: 'me', user: lab.users[0]?.user },
      { name: 'expired', user: { token: 'ended' } },
    ],
    contexts: [
      { name: 'staging', context: { cluster: 'kind-staging', user: 'me' } },
      { name: 'production', context: { cluster: ARN, user: 'me' } },
      { name: 'expired', context: { cluster: ARN, user: 'expired' } },
      { name: 'down', context: { cluster: 'down', user: 'me' } },
    ],
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, dump(config));
  return path;
}

/** Two environments, in which an administrator deploys, and a checkout of their repository. */
async function makeWorld(t: Test) {
  const rules: readonly Rule[] = statusRules([{ kind: 'deployment' }, { kind: 'cronjob' }]);
  const [staging, production] = [await makeNamespace(t, rules), await makeNamespace(t, rules)];
  const repository = `${process.env['LAB_REGISTRY']}/${production}`;
  const image = `${repository}:unreleased`;
  for (const namespace of [staging, production]) {
    await makeDeployment(namespace, { image, replicas: 2 });
    const template = { spec: { containers: [{ name: 'report', image }], restartPolicy: 'Never' } };
    const spec = { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } };
    await apply({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'report', namespace }, spec });
  }
  const top = t.testdir({});
  const project = makeGitRepository(top);
  const push = (text: string) =>
    project.push('main', { text, '.circleci/build-once.yml': makeSpec(repository, staging, production) });
  const deliver = async (environment: string, namespace: string, commit: string, script: string) => {
    const digest = await makeImage(repository, script);
    const io = testIo({ env: { ...process.env, CIRCLE_BUILD_URL: JOB } });
    const options = { environment, namespace, commit, image: `${repository}@${digest}` };
    const access = { eks: '', region: '', role: '', kubeconfig: process.env['KUBECONFIG'] ?? '' };
    const workloads = 'deployment/web,cronjob/report';
    const limits = { timeout: '300s', grace: '5m', directory: '.build-once', dry_run: false };
    const done = await deploy({ ...ORDER, ...NOT_APPLIED, ...options, ...access, ...limits, workloads }, io);
    t.equal(done.ok ? '' : done.error.cause, '');
    return digest;
  };
  const kubeconfig = makeKubeconfig(top);
  const see = async (...args: readonly string[]) => {
    const env = { PATH: process.env['PATH'], HOME: top, KUBECONFIG: kubeconfig };
    const program = resolve('dist/gen-config.cjs');
    const done = promisify(execFile)(process.execPath, [program, 'status', ...args], { cwd: project.folder, env });
    const { code = 0, stdout, stderr } = await done.catch((error) => error);
    t.comment(`${stdout}${stderr}`);
    return { code, out: stdout as string, err: stderr as string };
  };
  return { namespaces: { staging, production }, push, deliver, see, kubeconfig };
}

t.test('two environments of one repository, by two contexts', { skip, timeout: 1_800_000 }, async (t) => {
  const { namespaces, push, deliver, see, kubeconfig } = await makeWorld(t);
  const { staging, production } = namespaces;
  const [first, second] = [push('1'), push('2')];
  const one = await deliver('production', production, first, 'echo 1; exec sleep 3600');
  const two = await deliver('staging', staging, second, 'echo 2; exec sleep 3600');

  const both = await see('--context', 'staging=staging');
  t.same([both.code, both.err], [0, '']);
  const line = (environment: string, workload: string, commit: string, digest: string) =>
    `  ${environment} +${workload} +${commit.slice(0, 12)} +${digest.slice(0, 19)}\\.\\. +20\\S+Z +\\S.* +${JOB}\n`;
  t.match(
    both.out,
    new RegExp(
      `^\\S+\n  staging     context "staging" of ${kubeconfig}, namespace ${staging}\n` +
        `  production  context "production" of ${kubeconfig}, namespace ${production}\n\n` +
        `  ENVIRONMENT  WORKLOAD .* BY\n` +
        line('staging', 'deployment/web', second, two) +
        line('staging', 'cronjob/report', second, two) +
        line('production', 'deployment/web', first, one) +
        line('production', 'cronjob/report', first, one) +
        '\n  production is 1 commit behind staging\\.\n$',
    ),
  );
  t.match(both.out, / 2 of 2 replicas updated, 2 available +https/);

  t.comment('--- somebody sets another image, of which no Pod comes up');
  const none = `${process.env['LAB_REGISTRY']}/none:0.1`;
  await kubectl(['-n', production, 'set', 'image', 'deployment/web', `web=${none}`]);
  const asJson = () => see('--context', 'staging=staging', '--format', 'json');
  let changed = await asJson();
  for (let tries = 0; tries < 300 && !changed.out.includes('cannot be pulled'); tries++) {
    await sleep(1000);
    changed = await asJson();
  }
  t.equal(changed.code, 0);
  const [seen] = JSON.parse(changed.out).services;
  t.match(seen.environments[1].workloads[0], {
    images: [none],
    isComplete: false,
    problem: /of Pod web-.*: its image cannot be pulled/,
  });
  t.match(seen.drift, [{ summary: /nothing says which commit deployment\/web of production runs/ }]);

  t.comment('--- staging cannot be reached, in three ways');
  const lost = async (context: string, why: RegExp) => {
    const { code, out, err } = await see('--context', `staging=${context}`);
    t.equal(code, 1);
    t.match(out, / staging +deployment\/web +not read /);
    t.match(out, new RegExp(` production +cronjob/report +${first.slice(0, 12)} `));
    t.match(err, why);
  };
  await lost('down', /^gen-config status: staging: the Kubernetes API server cannot be used: 127\.0\.0\.1:1 refused/);
  await lost('expired', /^gen-config status: staging: the cluster does not accept the credentials: Unauthorized\n/);
  await kubectl(['-n', staging, 'delete', 'rolebindings', '--all']);
  await lost('staging', /^gen-config status: staging: user "deployer" may not get (deployments\.apps|cronjobs\.batch)/);

  const typo = await see('--environment', 'prodution');
  t.match(typo, { code: 2, out: '', err: /there is no environment "prodution", did you mean "production"\?/ });
});
