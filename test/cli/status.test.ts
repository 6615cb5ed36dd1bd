import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { type Http, HttpError } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { type Reply, serve, status } from '../kubernetes/scripted-api.js';
import { makeGitRepository } from '../support/git-repository.js';
import { deployed, type Standing, scriptedNamespace } from '../support/scripted-namespace.js';
import { fakeClock, testIo } from '../support/test-io.js';

const SHOP = 'ghcr.io/acme/shop';
const ACCOUNTS = { staging: '111111111111', production: '222222222222' };
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const arn = (account: string, name = 'main') => `arn:aws:eks:us-east-1:${account}:cluster/${name}`;

/** Staging and production in EKS clusters of one name, in two accounts. */
const EKS = `version: 1
image: { repository: ${SHOP} }
environments:
  staging:
    branch: main
    role: arn:aws:iam::${ACCOUNTS.staging}:role/deploy
    kubernetes: { eks: main, region: us-east-1, namespace: shop-staging, workloads: [deployment/web, cronjob/report] }
  production:
    after: staging
    role: arn:aws:iam::${ACCOUNTS.production}:role/deploy
    kubernetes: { eks: main, region: us-east-1, namespace: shop, workloads: [deployment/web, cronjob/report] }
`;
const VARIABLES = `version: 1
image: { repository: ${SHOP} }
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: STAGING_KUBECONFIG, namespace: shop-staging, workloads: [deployment/web] }
  production:
    after: staging
    kubernetes: { kubeconfig: PRODUCTION_KUBECONFIG, namespace: shop, workloads: [deployment/web] }
`;

interface ContextOf {
  readonly cluster: string;
  readonly server: string;
  readonly token?: string;
}

/** A kubeconfig of these contexts. The current one is of no environment. */
function kubeconfig(contexts: Readonly<Record<string, ContextOf>>): string {
  const all = Object.entries(contexts);
  return JSON.stringify({
    'current-context': 'nobody',
    contexts: all.map(([name, { cluster }]) => ({ name, context: { cluster, user: name } })),
    clusters: all.map(([, { cluster, server }]) => ({ name: cluster, cluster: { server } })),
    users: all.map(([name, { token = 'mine' }]) => ({ name, user: { token } })),
  });
}

/** Two clusters on two sockets, a repository of git, and the machine of somebody who has contexts of both. */
async function makeWorld(t: Test, spec: string) {
  const clock = fakeClock();
  const cluster = () => {
    const images = { 'deployments/web': `${SHOP}:0.1`, 'cronjobs/report': `${SHOP}:0.1` };
    return scriptedNamespace(clock, images, () => 'up');
  };
  const clusters = { staging: cluster(), production: cluster() };
  for (const one of Object.values(clusters)) {
    one.gate(({ headers }): Reply | undefined =>
      headers['authorization'] === 'Bearer old' ? status(401, 'Unauthorized', 'Unauthorized') : undefined,
    );
  }
  const servers = {
    staging: await serve(t, clusters.staging.script),
    production: await serve(t, clusters.production.script),
  };
  const repository = makeGitRepository(t.testdir({}));
  const [first = '', second = '', third = ''] = ['1', '2', '3'].map((text) =>
    repository.push('main', { a: text, '.circleci/build-once.yml': spec }),
  );
  const home = join(repository.folder, '../home');
  mkdirSync(join(home, '.kube'), { recursive: true });
  const contexts = {
    nobody: { cluster: 'nobody', server: 'http://127.0.0.1:1' },
    'me@staging': { cluster: arn(ACCOUNTS.staging), server: servers.staging },
    'me@production': { cluster: arn(ACCOUNTS.production), server: servers.production },
  };
  const setKubeconfig = (text: string) => writeFileSync(join(home, '.kube/config'), text);
  setKubeconfig(kubeconfig(contexts));
  const set = (name: keyof typeof clusters, commit: string, letter: string, paths: readonly string[] = BOTH) => {
    for (const path of paths) {
      const one: Standing = clusters[name].find(path);
      Object.assign(one, deployed(`${SHOP}@${digest(letter)}`, commit));
    }
  };
  const run = async (args: readonly string[] = [], more: { env?: Record<string, string>; http?: Http } = {}) => {
    const env = { PATH: process.env['PATH'], HOME: home, ...more.env };
    const io = testIo({ cwd: join(repository.folder, '..'), env, ...(more.http && { http: more.http }) });
    const code = await runGenConfig(['status', '-C', repository.folder, ...args], io);
    return { code, out: io.out(), err: io.err() };
  };
  return { clusters, servers, contexts, setKubeconfig, home, repository, commits: { first, second, third }, set, run };
}

const BOTH = ['deployments/web', 'cronjobs/report'];

t.test('each environment in its own cluster, found by the contexts of the kubeconfig', async (t) => {
  const { clusters, commits, set, run, home } = await makeWorld(t, EKS);
  set('staging', commits.third, 'c');
  set('production', commits.first, 'a');
  const { code, out, err } = await run();
  t.equal(err, '');
  t.equal(code, 0);
  const [a, c] = ['a', 'c'].map((letter) => `sha256:${letter.repeat(12)}..`);
  const [one, three] = [commits.first, commits.third].map((commit) => commit.slice(0, 12));
  t.equal(
    out,
    `${SHOP}
  staging     context "me@staging" of ${home}/.kube/config, namespace shop-staging
  production  context "me@production" of ${home}/.kube/config, namespace shop

  ENVIRONMENT  WORKLOAD        COMMIT        IMAGE                  DEPLOYED              ROLLOUT                               BY
  staging      deployment/web  ${three}  ${c}  2026-01-02T03:04:05Z  1 of 1 replicas updated, 1 available  https://ci/7
  staging      cronjob/report  ${three}  ${c}  2026-01-02T03:04:05Z  its next Job runs the new template    https://ci/7
  production   deployment/web  ${one}  ${a}  2026-01-02T03:04:05Z  1 of 1 replicas updated, 1 available  https://ci/7
  production   cronjob/report  ${one}  ${a}  2026-01-02T03:04:05Z  its next Job runs the new template    https://ci/7

  production is 2 commits behind staging.
`,
  );
  const methods = [...clusters.staging.calls, ...clusters.production.calls].map(({ method }) => method);
  t.same([...new Set(methods)], ['GET'], 'nothing is changed');
});

t.test('one environment, and for programs', async (t) => {
  const { clusters, commits, set, run } = await makeWorld(t, EKS);
  set('production', commits.first, 'a', ['deployments/web']);
  const { code, out } = await run(['--environment', 'production', '--format', 'json']);
  t.equal(code, 0);
  t.equal(clusters.staging.calls.length, 0);
  const { services } = JSON.parse(out);
  t.match(services, [
    {
      image: SHOP,
      drift: [],
      environments: [
        {
          environment: 'production',
          after: 'staging',
          namespace: 'shop',
          cluster: /^context "me@production" of /,
          unread: [],
          problems: [],
          workloads: [
            { workload: 'deployment/web', record: { commit: commits.first, pipeline: '0123-4567' }, isComplete: true },
            { workload: 'cronjob/report', images: [`${SHOP}:0.1`] },
          ],
        },
      ],
    },
  ]);
  const { drift } = JSON.parse((await run(['--format', 'json'])).out).services[0];
  const summary =
    'how far production is from staging is not known: nothing says which commit cronjob/report of production runs';
  t.match(drift, [{ environment: 'production', from: 'staging', summary }]);
});

t.test('an environment that cannot be read does not hide the others', async (t) => {
  const { clusters, servers, contexts, setKubeconfig, commits, set, run } = await makeWorld(t, EKS);
  set('production', commits.first, 'a');
  const staging = contexts['me@staging'];
  const without = async (how: Partial<ContextOf>) => {
    setKubeconfig(kubeconfig({ ...contexts, 'me@staging': { ...staging, ...how } }));
    const { code, out, err } = await run();
    t.equal(code, 1);
    t.match(out, / {2}staging {6}deployment\/web {2}not read {6}- /);
    t.match(out, ` production   deployment/web  ${commits.first.slice(0, 12)} `);
    t.match(out, '  how far production is from staging is not known: staging could not be read.\n');
    return err;
  };
  t.equal(
    await without({ server: 'http://127.0.0.1:1' }),
    `gen-config status: staging: the Kubernetes API server cannot be used: 127.0.0.1:1 refused the connection (connect ECONNREFUSED 127.0.0.1:1)
  -> Check that this machine reaches the API server: a private one may need a VPN.
`,
  );
  t.equal(
    await without({ token: 'old' }),
    `gen-config status: staging: the cluster does not accept the credentials: Unauthorized
  -> Log in again, as for kubectl with that context; or name another one: --context staging=NAME
`,
  );
  clusters.staging.gate(({ path }) =>
    status(
      403,
      'Forbidden',
      `User "me" cannot get resource "${path.includes('cronjobs') ? 'cronjobs' : 'deployments'}" in API group "x" in the namespace "shop"`,
    ),
  );
  const forbidden = await without({});
  t.match(forbidden, /^gen-config status: staging: user "me" may not get \w+\.x in namespace "shop"/);
  t.match(forbidden, '    - {apiGroups: [""], resources: ["pods"], verbs: ["list"]}\n');
  t.match(forbidden, '  -> Ask for the ClusterRole "view" in namespace "shop-staging", or for these rules.\n');
  t.equal(forbidden.match(/rules that this command needs/g)?.length, 1, 'the same for both workloads, so told once');

  clusters.staging.gate(({ path }) =>
    path.endsWith('/report') ? status(404, 'NotFound', 'cronjobs.batch "report" not found') : undefined,
  );
  setKubeconfig(kubeconfig(contexts));
  const part = await run();
  t.equal(part.code, 1);
  t.match(part.out, /staging +deployment\/web +not known +ghcr\.io\/acme\/shop:0\.1 /);
  t.match(part.out, /staging +cronjob\/report +not read /);
  t.match(part.out, 'staging could not be read as a whole.');
  t.match(part.err, 'gen-config status: staging: there is no CronJob "report" in namespace "shop-staging"\n');

  t.comment('--- nobody waits at a terminal for what fails again and again');
  let asked = 0;
  const real = nodeHttp();
  const http: Http = async (request) => {
    if (!request.url.startsWith(servers.staging)) return real(request);
    asked++;
    throw new HttpError('timeout', 'api did not answer within 20 s');
  };
  const silent = await run([], { http });
  t.equal(silent.code, 1);
  t.match(silent.err, /cannot be used: api did not answer within 20 s\n {2}-> Check that this machine reaches/);
  t.equal(asked, 2, 'once for each workload');
});

t.test('which way to a cluster', async (t) => {
  const { servers, contexts, setKubeconfig, home, run } = await makeWorld(t, EKS);
  const seen = async (args: readonly string[] = [], env: Record<string, string> = {}) => {
    const { out, err } = await run(['--environment', 'staging', ...args], { env });
    return `${out.split('\n')[1]?.trim()} | ${err}`;
  };
  t.match(await seen(['--context', 'staging=me@production']), /^staging {2}context "me@production" of .* \| $/);
  t.match(
    await seen(['--context', 'staging=me@producton']),
    `| gen-config status: staging: your kubeconfig has no context "me@producton", which --context names for staging
  -> Did you mean --context staging=me@production?`,
  );
  t.match(await seen(['--context', 'staging=x']), '-> There are "nobody", "me@staging", "me@production".');

  t.comment('--- several files, as kubectl reads them');
  writeFileSync(join(home, 'second'), kubeconfig({ 'two@staging': contexts['me@staging'], nobody: contexts.nobody }));
  const files = { KUBECONFIG: `/nowhere:${home}/.kube/config:${home}/second` };
  t.match(await seen(['--context', 'staging=two@staging'], files), `context "two@staging" of ${home}/second, `);
  t.match(await seen([], files), `context "me@staging" of ${home}/.kube/config, `);
  writeFileSync(join(home, 'broken'), 'a: [');
  t.match(await run([], { env: { KUBECONFIG: `${home}/broken` } }), {
    code: 1,
    out: '',
    err: `gen-config status: ${home}/broken: this is not YAML\n`,
  });

  t.comment('--- no context: the AWS credentials of the person, and no cluster of another account');
  setKubeconfig(kubeconfig({ nobody: contexts.nobody }));
  const answer = { endpoint: servers.staging, certificateAuthority: { data: 'eA==' }, arn: arn(ACCOUNTS.staging) };
  const requests: string[] = [];
  const endpoint = await serve(t, ({ path, headers }) => {
    requests.push(`${path} ${/Credential=([^/]+)/.exec(String(headers['authorization']))?.[1]}`);
    return { json: { cluster: answer } };
  });
  const keys = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL: endpoint };
  t.equal(
    await seen([], { ...keys, CIRCLE_OIDC_TOKEN_V2: 'never' }),
    'staging  EKS cluster main in us-east-1 of account 111111111111 with your AWS credentials, namespace shop-staging | ',
  );
  t.same(requests, ['/clusters/main mine'], 'not the role');
  const both = await run([], { env: keys });
  t.equal(both.code, 1);
  t.equal(
    both.err,
    `gen-config status: production: the EKS cluster "main" in us-east-1 that these AWS credentials find is of account 111111111111, not of 222222222222
  -> Log in to AWS in the account of the cluster, as with AWS_PROFILE. Or make a context of it, which is found by itself: aws eks update-kubeconfig --name main --region us-east-1
`,
  );

  t.comment('--- in a job of CircleCI: the role of the spec, and nothing of the machine');
  const job = { ...keys, CIRCLECI: 'true' };
  t.match(
    await seen([], job),
    'staging  EKS cluster main in us-east-1 as arn:aws:iam::111111111111:role/deploy, namespace shop-staging | gen-config status: staging: there is no OIDC token in this job',
  );
});

t.test('a cluster of one name in two accounts, where no role says which one is meant', async (t) => {
  const { run } = await makeWorld(t, EKS.replaceAll(/ +role: .*\n/g, ''));
  const { code, err } = await run(['--environment', 'staging']);
  t.equal(code, 1);
  t.equal(
    err,
    `gen-config status: staging: the EKS cluster "main" in us-east-1 is there in several accounts: ${arn(ACCOUNTS.staging)}, ${arn(ACCOUNTS.production)}
  -> Say which one staging runs in: --context staging="me@staging"
`,
  );
  t.match(await run(['--environment', 'staging', '--context', 'staging=me@staging']), { code: 0 });
});

t.test('variables with a kubeconfig', async (t) => {
  const { contexts, commits, set, run } = await makeWorld(t, VARIABLES);
  set('staging', commits.second, 'b');
  set('production', commits.second, 'b');
  const none = await run();
  t.equal(none.code, 1);
  t.match(
    none.err,
    `gen-config status: staging: $STAGING_KUBECONFIG, which holds the kubeconfig, is not set here
  -> Set $STAGING_KUBECONFIG to a kubeconfig or its path, or name a context of yours: --context staging=NAME
`,
  );
  t.match(none.err, '--context production=NAME');
  const one = ({ server }: ContextOf) => kubeconfig({ nobody: { cluster: 'c', server } });
  const env = { STAGING_KUBECONFIG: one(contexts['me@staging']) };
  const { code, out } = await run(['--context', 'production=me@production'], { env });
  t.equal(code, 0);
  t.match(
    out,
    /^ {2}staging {5}the kubeconfig in \$STAGING_KUBECONFIG, namespace shop-staging\n {2}production {2}context /m,
  );
  t.match(out, '  production runs what staging runs.\n');
  t.match(await run([], { env: { ...env, CIRCLECI: 'true' } }), {
    code: 1,
    err: /\$PRODUCTION_KUBECONFIG, .* is not set here\n {2}-> Give this job the context that sets \$PRODUCTION_KUBECONFIG\.\n$/,
  });
  t.match(await run([], { env: { STAGING_KUBECONFIG: one({ ...contexts.nobody, token: 'x' }) } }), {
    err: /staging: the Kubernetes API server cannot be used/,
  });
});

t.test('services, each with a table of its own', async (t) => {
  const spec = `version: 1
defaults: { kubernetes: { namespace: shop } }
environments:
  staging: { branch: main, kubernetes: { kubeconfig: STAGING_KUBECONFIG, namespace: shop-staging } }
  production: { after: staging, kubernetes: { kubeconfig: PRODUCTION_KUBECONFIG } }
services:
  web: { image: { repository: ${SHOP} }, paths: [a], environments: { staging: { kubernetes: { workloads: [deployment/web] } }, production: { kubernetes: { workloads: [deployment/web] } } } }
  jobs: { image: { repository: ghcr.io/acme/jobs }, paths: [a], environments: { staging: { kubernetes: { workloads: [cronjob/report] } }, production: { kubernetes: { workloads: [cronjob/report] } } } }
`;
  const { commits, set, run } = await makeWorld(t, spec);
  set('staging', commits.second, 'b');
  const args = ['--context', 'staging=me@staging', '--context', 'production=me@production'];
  const { code, out, err } = await run(args);
  t.equal(err, '');
  t.equal(code, 0);
  t.match(out, new RegExp(`^web: ${SHOP}\n[\\s\\S]*\n\njobs: ghcr.io/acme/jobs\n`));
  t.equal(out.match(/ENVIRONMENT/g)?.length, 2);
  t.notMatch((await run([...args, '--service', 'jobs'])).out, 'web: ');
  const down = await run(['--context', 'staging=nobody', '--context', 'production=me@production']);
  t.match(down.err, /^gen-config status: staging of web, staging of jobs: the Kubernetes API server[^\n]*\n[^\n]*\n$/);
  t.match(await run(['--service', 'wep']), { code: 2, err: 'there is no service "wep", did you mean "web"?' });
});

t.test('wrong usage', async (t) => {
  const { run } = await makeWorld(t, EKS);
  const refused = async (args: readonly string[], message: string) => {
    const { code, out, err } = await run(args);
    t.same([code, out, err], [2, '', `${message}\n  -> gen-config status --help explains it.\n`]);
  };
  const own = 'gen-config status:';
  await refused(
    ['--environment', 'prodution'],
    `${own} there is no environment "prodution", did you mean "production"?`,
  );
  await refused(['--environment', 'x'], `${own} there is no environment "x"; expected one of "staging", "production"`);
  await refused(['--context', 'x=y'], `${own} there is no environment "x"; expected one of "staging", "production"`);
  await refused(['--context', 'staging'], `${own} --context is "staging", expected NAME=VALUE`);
  await refused(['--service', 'web'], `${own} there is no service "web"; the spec has none`);
  await refused(['--format', 'sarif'], 'gen-config: --format is "sarif", expected one of human, json');
  await refused(['--contxt', 'a=b'], "gen-config: unknown option '--contxt', did you mean --context?");
  const none = await makeWorld(t, 'version: 1\ntest: [unit]\n').then((world) => world.run());
  t.equal(none.code, 2);
  const io = testIo({ cwd: t.testdir({}) });
  t.equal(await runGenConfig(['status'], io), 2);
  t.match(io.err(), /^gen-config: there is no \.circleci\/build-once\.yml in /);
});

t.test('the programs: the clients are in the file of this verb alone, and its errors are its own', async (t) => {
  const sign = 'x-k8s-aws-id';
  const holds = (file: string) => readFileSync(join('dist', file), 'utf8').includes(sign);
  t.ok(holds('gen-config-status.cjs'));
  for (const file of ['gen-config.cjs', 'gen-config-verbs.cjs', 'index.mjs']) t.notOk(holds(file), file);
  const folder = t.testdir({
    '.circleci': { 'build-once.yml': VARIABLES },
    kubeconfig: kubeconfig({ me: { cluster: 'c', server: 'http://127.0.0.1:1' } }),
  });
  const args = ['dist/gen-config.cjs', 'status', '-C', folder, '--context', 'staging=me', '--context', 'production=me'];
  const env = { PATH: process.env['PATH'], KUBECONFIG: join(folder, 'kubeconfig') };
  const { status: code, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  t.match(
    stderr,
    /^gen-config status: staging, production: the Kubernetes API server cannot be used: 127\.0\.0\.1:1 refused/,
  );
  t.equal(code, 1);
});
