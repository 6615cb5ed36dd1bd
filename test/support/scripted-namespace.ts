import type { Clock } from '../../src/io/io.js';
import type { ContainerState } from '../../src/kubernetes/objects.js';
import { type Call, type Reply, type Script, status } from '../kubernetes/scripted-api.js';

/** How a container that runs an image does. */
export type Fate = 'up' | 'crashes' | 'never ready';

/** A workload as it stands in the namespace. */
export interface Standing {
  readonly kind: 'deployments' | 'statefulsets' | 'cronjobs';
  image: string;
  annotations: Record<string, string>;
  replicas: number;
  version: number;
  generation: number;
  /** What its one Pod runs: a StatefulSet keeps a Pod that is not ready until somebody deletes it. */
  podImage: string;
}

/** What a deployment leaves of a workload, by a job of which tests know all. */
export function deployed(image: string, commit: string): Pick<Standing, 'image' | 'podImage' | 'annotations'> {
  const annotations = {
    'build-once/commit': commit,
    'build-once/digest': image.slice(image.indexOf('@') + 1),
    'build-once/deployed-at': '2026-01-02T03:04:05.678Z',
    'build-once/job': 'https://ci/7',
    'build-once/pipeline': '0123-4567',
  };
  return { image, podImage: image, annotations };
}

/**
 * A namespace whose API server keeps the rules of a patch (a merge, only for the version that was seen), and whose
 * controllers follow at once. Each workload has one container, called web.
 * @param images by `deployments/web`
 * @param fate of an image
 */
export function scriptedNamespace(
  clock: Clock,
  images: Readonly<Record<string, string>>,
  fate: (image: string) => Fate,
) {
  const workloads = new Map<string, Standing>();
  for (const [path, image] of Object.entries(images)) {
    const kind = path.split('/')[0] as Standing['kind'];
    workloads.set(path, { kind, image, annotations: {}, replicas: 1, version: 1, generation: 1, podImage: image });
  }
  const calls: Call[] = [];
  const deleted: string[] = [];
  /** Answers in the place of the API server, where it does. */
  let gate: ((call: Call) => Reply | undefined) | undefined;
  const started = new Date(clock.now() - 3_600_000).toISOString();

  const find = (path: string) => {
    const workload = workloads.get(path);
    if (workload === undefined) throw new Error(`no workload ${path}`);
    return workload;
  };
  const follow = (workload: Standing) => {
    if (workload.kind !== 'statefulsets' || fate(workload.podImage) === 'up') workload.podImage = workload.image;
  };
  const template = (name: string, image: string) => ({
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'web', image }] },
  });
  const describe = (name: string, one: Standing) => {
    const pod = template(name, one.image);
    const isUp = one.podImage === one.image && fate(one.podImage) === 'up';
    const updated = one.podImage === one.image ? 1 : 0;
    const { annotations, version, generation, replicas } = one;
    return {
      metadata: { name, namespace: 'shop', uid: name, resourceVersion: String(version), generation, annotations },
      spec:
        one.kind === 'cronjobs'
          ? { jobTemplate: { spec: { template: pod } } }
          : { replicas, selector: { matchLabels: { app: name } }, template: pod },
      status: {
        observedGeneration: generation,
        replicas: 1,
        updatedReplicas: updated,
        availableReplicas: isUp ? 1 : 0,
        updateRevision: one.image,
      },
    };
  };
  const patch = (name: string, one: Standing, call: Call): Reply => {
    const body = JSON.parse(call.body);
    if (call.query.get('dryRun') !== null) return { json: describe(name, one) };
    const wanted = body.metadata.resourceVersion;
    if (wanted !== undefined && wanted !== String(one.version)) return status(409, 'Conflict', 'it has been modified');
    for (const [key, value] of Object.entries<string | null>(body.metadata.annotations ?? {})) {
      if (value === null) delete one.annotations[key];
      else one.annotations[key] = value;
    }
    one.version++;
    const spec = body.spec?.jobTemplate?.spec.template.spec ?? body.spec?.template.spec;
    if (spec !== undefined) {
      one.image = spec.containers[0].image;
      one.generation++;
      follow(one);
    }
    return { json: describe(name, one) };
  };
  const podOf = (name: string, one: Standing) => {
    const how = fate(one.podImage);
    const state: ContainerState =
      how === 'crashes' ? { terminated: { exitCode: 3 } } : { running: { startedAt: started } };
    const owner = one.kind === 'deployments' ? `${name}-rs` : name;
    return {
      metadata: {
        name: `${name}-0`,
        uid: `${name}-0`,
        labels: { 'controller-revision-hash': one.podImage },
        ownerReferences: [{ uid: owner }],
      },
      spec: { nodeName: 'node-1', ...template(name, one.podImage).spec },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: how === 'up' ? 'True' : 'False' }],
        containerStatuses: [{ name: 'web', ready: how === 'up', restartCount: how === 'crashes' ? 3 : 0, state }],
      },
    };
  };

  const script: Script = (call) => {
    calls.push(call);
    const gated = gate?.(call);
    if (gated !== undefined) return gated;
    const [, resource = '', name = '', sub] =
      /\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(call.path) ?? [];
    if (sub === 'log') return { pieces: ['boom\n'] };
    const workload = workloads.get(`${resource}/${name}`);
    if (workload !== undefined) {
      return call.method === 'PATCH' ? patch(name, workload, call) : { json: describe(name, workload) };
    }
    if (resource === 'pods' && call.method === 'DELETE') {
      deleted.push(name);
      const [, one] = [...workloads].find(([path]) => `${path.split('/')[1]}-0` === name) ?? [];
      if (one !== undefined) one.podImage = one.image;
      return { json: { metadata: {} } };
    }
    if (name !== '') return status(404, 'NotFound', `${resource} "${name}" not found`);
    const app = call.query.get('labelSelector')?.replace('app=', '');
    const mine = [...workloads].filter(([path]) => path.split('/')[1] === app);
    const items = mine.flatMap(([, one]): unknown[] => {
      if (resource === 'pods') return [podOf(app ?? '', one)];
      if (resource !== 'replicasets') return [];
      const metadata = { uid: `${app}-rs`, ownerReferences: [{ uid: app }], annotations: one.annotations };
      return [{ metadata, spec: { template: template(app ?? '', one.image) } }];
    });
    return { json: { metadata: {}, items } };
  };
  return {
    script,
    calls,
    deleted,
    find,
    /** What somebody else does to a workload. */
    meddle: (path: string, image: string) => {
      const one = find(path);
      one.image = image;
      one.version++;
      one.generation++;
      follow(one);
    },
    gate: (next: typeof gate) => {
      gate = next;
    },
  };
}
