import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { inProcess, type Script, status } from '../kubernetes/scripted-api.js';
import { NOT_COMPARED } from './comparison.js';
import { addImage, fakeRegistry } from './fake-registry.js';
import { makeGitRepository } from './git-repository.js';
import { NO_LOGIN } from './no-login.js';
import { KUBECONFIG } from './scripted-kubeconfig.js';
import { fakeClock, testIo } from './test-io.js';

/** URL of every job. */
export const JOB = 'https://app.circleci.com/jobs/1';

interface Workload {
  image: string;
  annotations: Record<string, string>;
  version: number;
  paused?: boolean;
}

/** A repository with its registry, and a namespace whose Deployments are `workloads`. */
export async function makeWorld(t: Test, names: readonly string[] = ['web']) {
  const top = t.testdir({});
  const repository = makeGitRepository(top);
  const fake = await fakeRegistry(t);
  const shop = `${fake.host}/shop`;
  // Outside of any checkout, that of this project too.
  const nowhere = mkdtempSync(join(tmpdir(), 'nowhere-'));
  t.teardown(() => rmSync(nowhere, { recursive: true }));
  const clock = fakeClock();
  const workloads = new Map<string, Workload>(
    names.map((name) => [name, { image: `${shop}:unreleased`, annotations: {}, version: 1 }]),
  );
  const podImages = new Map<string, string>();
  const patches: string[] = [];
  /** Runs before a patch is looked at. */
  let meanwhile: (() => void) | undefined;

  const script: Script = (call) => {
    const name = call.path.split('/').at(-1) ?? '';
    const workload = workloads.get(name);
    const template = (image: string) => ({
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image, readinessProbe: {} }] },
    });
    if (workload !== undefined) {
      if (call.method === 'PATCH') {
        const body = JSON.parse(call.body);
        if (call.query.get('dryRun') === null) {
          meanwhile?.();
          meanwhile = undefined;
          if (body.metadata.resourceVersion !== String(workload.version))
            return status(409, 'Conflict', 'the object has been modified');
          patches.push(name);
          workload.image = body.spec?.template.spec.containers[0].image ?? workload.image;
          for (const [key, value] of Object.entries<string | null>(body.metadata.annotations)) {
            if (value === null) delete workload.annotations[key];
            else workload.annotations[key] = value;
          }
          workload.version += 1;
        }
      }
      const { image, annotations, version, paused = false } = workload;
      return {
        json: {
          metadata: { name, uid: name, annotations, resourceVersion: String(version), generation: version },
          spec: { replicas: 1, paused, selector: { matchLabels: { app: name } }, template: template(image) },
          status: { observedGeneration: version, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
        },
      };
    }
    if (call.path.includes('/deployments/')) return status(404, 'NotFound', `deployments "${name}" not found`);
    const app = call.query.get('labelSelector')?.replace('app=', '') ?? '';
    const image = workloads.get(app)?.image ?? '';
    const labelled = { ...template(image), metadata: { labels: { app } } };
    if (name === 'replicasets')
      return {
        json: {
          metadata: {},
          items: [{ metadata: { uid: `${app}-rs`, ownerReferences: [{ uid: app }] }, spec: { template: labelled } }],
        },
      };
    const imageID = podImages.get(app);
    const statuses = [
      { name: 'web', ready: true, restartCount: 0, state: { running: {} }, ...(imageID ? { imageID } : {}) },
    ];
    const pod = {
      metadata: { name: `${app}-1`, uid: `${app}-1`, ownerReferences: [{ uid: `${app}-rs` }] },
      spec: labelled.spec,
      status: { containerStatuses: statuses, conditions: [{ type: 'Ready', status: 'True' }] },
    };
    return { json: { metadata: {}, items: name === 'pods' ? [pod] : [] } };
  };

  const [cluster, real] = [inProcess(script), nodeHttp()];
  const http: Http = (request) => (request.url.startsWith('https://api/') ? cluster(request) : real(request));

  /** A commit on a branch with its image, built at that minute. Without labels: not by build_image. */
  const commit = (branch: string, minute: number, labels = true) => {
    const sha = repository.push(branch, { [`${minute}`]: branch });
    return { sha, digest: addBuilt(sha, minute, labels), minute };
  };
  const addBuilt = (sha: string, minute: number, labels = true, ...tags: readonly string[]) => {
    const created = `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
    const Labels = {
      'org.opencontainers.image.revision': sha,
      'org.opencontainers.image.created': created,
    };
    return addImage(
      fake,
      'shop',
      { architecture: 'amd64', salt: sha, ...(labels ? { config: { Labels } } : {}) },
      sha,
      ...tags,
    );
  };
  type Built = ReturnType<typeof commit>;

  const said = (result: Awaited<ReturnType<typeof deploy>>) => {
    if (result.ok) return `ok: ${result.value.summary}`;
    const { code, cause, details = [], next = '' } = result.error;
    return [`${code}: ${cause}`, ...details, `next: ${next}`].join('\n');
  };
  /** A job of a commit: what it says, and its steps. */
  const job = (of: { readonly sha: string }, cwd = repository.cloneAt(of.sha), more: object = {}) => {
    const io = testIo({ cwd, clock, http, env: { PATH: process.env['PATH'], CIRCLE_BUILD_URL: JOB } });
    const shared = {
      ...NOT_COMPARED,
      ...NO_LOGIN,
      workloads: names.map((name) => `deployment/${name}`).join(','),
      environment: 'production',
      namespace: 'shop',
      kubeconfig: KUBECONFIG,
      commit: of.sha,
      directory: '.build-once',
      ...more,
    };
    return {
      io,
      verify: async () => said(await verifyImage({ ...shared, repository: shop, after: '', platforms: '' }, io)),
      deploy: async (image = '') =>
        said(await deploy({ ...shared, image, timeout: '1m', grace: '5m', dry_run: false }, io)),
    };
  };
  /** A whole deployment that goes well. */
  const deliver = async (of: Built, more: object = {}) => {
    const { verify, deploy } = job(of, undefined, more);
    t.match(await verify(), /^ok/);
    t.match(await deploy(), /^ok/);
  };
  const runs = (name = 'web') => workloads.get(name)?.image.split('@')[1];
  return {
    ...{ repository, nowhere, fake, shop, clock, workloads, podImages, patches, commit, addBuilt, job, deliver, runs },
    onPatch: (then: () => void) => {
      meanwhile = then;
    },
  };
}
