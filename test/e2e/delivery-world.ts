import type { Test } from 'tap';
import { run as buildImage } from '../../src/commands/build-image/run.js';
import type { Done, Failure } from '../../src/commands/command.js';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { run as passImage } from '../../src/commands/pass-image/run.js';
import { run as publishImage } from '../../src/commands/publish-image/run.js';
import { run as rollback } from '../../src/commands/rollback/run.js';
import { run as status } from '../../src/commands/status/run.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import type { Result } from '../../src/result.js';
import { NOT_COMPARED } from '../support/comparison.js';
import { makeGitRepository } from '../support/git-repository.js';
import { NO_INPUTS } from '../support/no-inputs.js';
import { NO_LOGIN } from '../support/no-login.js';
import { testIo } from '../support/test-io.js';
import { kubectl, makeDeployment, makeNamespace } from './cluster.js';

const TOKEN = Buffer.from(JSON.stringify({ sub: 'org/o/project/p/user/01234567-89ab-cdef-0123-456789abcdef' }));

/** A commit with its image. */
export interface Published {
  readonly commit: string;
  readonly digest: string;
}

/**
 * A repository of git, one of images and a namespace with a Deployment, on real servers; jobs run as a user who has the Role
 * of the companions.
 */
export async function makeWorld(t: Test) {
  const namespace = await makeNamespace(t);
  const repository = `${process.env['LAB_REGISTRY']}/${namespace}`;
  const top = t.testdir({});
  const project = makeGitRepository(top);
  await makeDeployment(namespace, {
    image: `${repository}:unreleased`,
    // With a probe the cluster says when it is up; without one, deploy watches each version for ten seconds.
    container: { command: undefined, readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 } },
    replicas: 1,
  });

  const env = {
    ...process.env,
    CIRCLE_BUILD_URL: 'https://app.circleci.com/jobs/1',
    CIRCLE_OIDC_TOKEN_V2: `x.${TOKEN.toString('base64url')}.x`,
  };
  const image = { ...NO_LOGIN, repository, directory: '.build-once', dry_run: false };
  const said = (result: Result<Done, Failure>) => {
    const text = result.ok
      ? `ok: ${result.value.summary}`
      : [
          `${result.error.code}: ${result.error.cause}`,
          ...(result.error.details ?? []),
          `next: ${result.error.next}`,
        ].join('\n');
    t.comment(text);
    return text;
  };

  /** A commit of main, built and published. */
  const publish = async (text: string): Promise<Published> => {
    const dockerfile = `FROM busybox:stable\nCMD ["sh", "-c", "echo ${text}; exec sleep 3600"]\n`;
    const commit = project.push('main', { Dockerfile: dockerfile });
    const cwd = project.cloneAt(commit);
    const io = testIo({ cwd, env });
    const build = { platform: 'linux/amd64', builder: process.env['LAB_BUILDER'] ?? '' };
    t.match(said(await buildImage({ ...image, ...NO_INPUTS, ...build, commit }, io)), /^ok/);
    t.match(
      said(await publishImage({ ...image, commit, platforms: 'linux/amd64', pointers: '', strict: false }, io)),
      /^ok/,
    );
    const { images } = JSON.parse((await io.files.read('.build-once/release.json')) ?? '{}');
    return { commit, digest: images[0].digest };
  };

  /** A deploy job of a commit, as the deployer, in a checkout of its own. */
  const job = ({ commit }: Published, more: object = {}, http: Http = nodeHttp()) => {
    const io = testIo({ cwd: project.cloneAt(commit), env, http });
    const options = {
      ...NOT_COMPARED,
      ...image,
      workloads: 'deployment/web',
      environment: 'production',
      namespace,
      kubeconfig: process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '',
      commit,
      ...more,
    };
    return {
      io,
      verify: async () => said(await verifyImage({ ...options, after: '', platforms: '' }, io)),
      deploy: async () => said(await deploy({ ...options, image: '', timeout: '600s', grace: '5m' }, io)),
      pass: async () => said(await passImage({ ...options, image: '' }, io)),
      status: async () => {
        const seen = testIo({ env });
        const environments = `production=${namespace}`;
        return { said: said(await status({ ...options, environments, format: 'human' }, seen)), out: seen.out() };
      },
      rollback: async (to: string, more: object = {}) =>
        said(await rollback({ ...options, to, timeout: '600s', grace: '5m', ...more }, io)),
    };
  };
  const deliver = async (of: Published, more: object = {}) => {
    const { io, verify, deploy, pass } = job(of, more);
    t.match(await verify(), /^ok/);
    t.match(await deploy(), /^ok/);
    t.match(await pass(), /^ok/);
    return io.out();
  };
  const read = (path: string) => kubectl(['-n', namespace, 'get', 'deployment', 'web', `-o=jsonpath={${path}}`]);
  const state = async () => [await read('.metadata.generation'), await read('.spec.template.spec.containers[0].image')];
  return { namespace, repository, publish, job, deliver, read, state };
}
