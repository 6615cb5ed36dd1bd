import { parseReference } from '../../reference.js';
import { WORKLOAD_KINDS, type WorkloadKindName } from '../../workload.js';
import { environmentIn, environmentOfFolder } from './environments.js';
import { findOverlays, type Overlay } from './kustomize.js';
import {
  folderOf,
  listOf,
  mappingOf,
  type Note,
  type Place,
  type Repository,
  readDocuments,
  textOf,
} from './repository.js';

/** A workload in a manifest. */
export interface Workload {
  readonly kind: WorkloadKindName;
  readonly name: string;
  readonly namespace: string | undefined;
  /** What its containers run, as written. */
  readonly images: readonly string[];
  /** Where the first of them stands. */
  readonly imageAt: Place;
  /** `kubernetes.io/arch` of its node selector. */
  readonly architecture: string | undefined;
  /** The environment that its folder or namespace speaks of; undefined: it may be in all of them. */
  readonly environment: string | undefined;
  readonly at: Place;
}

/** What the Kubernetes manifests and the kustomize overlays hold. */
export interface Manifests {
  /** As they are deployed: those that overlays use stand here once for each overlay, with its names. */
  readonly workloads: readonly Workload[];
  readonly overlays: readonly Overlay[];
  /** Files that look like manifests and cannot be read. */
  readonly broken: readonly Note[];
}

/** Reads every manifest that is not the template of a chart. */
export async function findManifests(repository: Repository): Promise<Manifests> {
  const charts = repository.files.filter((path) => /(^|\/)Chart\.yaml$/.test(path)).map(folderOf);
  const paths = repository.files.filter(
    (path) =>
      /\.ya?ml$/.test(path) &&
      !/^\.(circleci|github|gitlab)|(^|\/)(docker-)?compose[.\w-]*\.ya?ml$|(^|\/)\.[\w-]+\.ya?ml$/.test(path) &&
      !charts.some((chart) => path.startsWith(chart === '.' ? 'templates/' : `${chart}/`)),
  );
  const workloads: Workload[] = [];
  const broken: Note[] = [];
  for (const file of paths) {
    const text = await repository.read(file);
    if (text === undefined || !HAS_WORKLOAD.test(text)) continue;
    const read = readDocuments(file, text);
    broken.push(...read.broken);
    for (const document of read.documents) {
      const kind = kindOf(textOf(document.value['kind']));
      if (kind === undefined) continue;
      const metadata = mappingOf(document.value['metadata']);
      const name = textOf(metadata['name']);
      if (name === undefined || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) continue;
      const namespace = textOf(metadata['namespace']);
      const path = kind === 'cronjob' ? ['spec', 'jobTemplate', ...POD] : POD;
      const pod = path.reduce((value, key) => mappingOf(value[key]), document.value);
      const images = listOf(pod['containers']).flatMap((container) => textOf(mappingOf(container)['image']) ?? []);
      workloads.push({
        kind,
        name,
        namespace,
        images,
        imageAt: { file, line: document.line([...path, 'containers', 0, 'image']) },
        architecture: textOf(mappingOf(pod['nodeSelector'])['kubernetes.io/arch']),
        environment: environmentOfFolder(folderOf(file)) ?? environmentIn(namespace ?? '') ?? environmentIn(file),
        at: { file, line: document.line(['metadata', 'name']) },
      });
    }
  }
  const { overlays, broken: unreadable } = await findOverlays(repository);
  const sorted = workloads.sort((a, b) => WORKLOAD_KINDS.indexOf(a.kind) - WORKLOAD_KINDS.indexOf(b.kind));
  return { workloads: applyOverlays(sorted, overlays), overlays, broken: [...broken, ...unreadable] };
}

const POD = ['spec', 'template', 'spec'];
const HAS_WORKLOAD = /^kind:[ \t]*["']?(Deployment|StatefulSet|DaemonSet|CronJob|Rollout)\b/m;

/** The kind of workload that a manifest's `kind` is. */
export function kindOf(kind: string | undefined): WorkloadKindName | undefined {
  return WORKLOAD_KINDS.find((one) => one === kind?.toLowerCase());
}

/** Workloads as the overlays deploy them. What no overlay uses stays as it is. */
function applyOverlays(workloads: readonly Workload[], overlays: readonly Overlay[]): readonly Workload[] {
  const used = new Set<Workload>();
  const applied = overlays.flatMap((overlay) =>
    workloads
      // An overlay's patch is a manifest of the same kind, but it is not a resource.
      .filter(({ at }) => overlay.resources.includes(at.file))
      .map((workload): Workload => {
        used.add(workload);
        return {
          ...workload,
          name: `${overlay.prefix}${workload.name}${overlay.suffix}`,
          namespace: overlay.namespace ?? workload.namespace,
          images: workload.images.map((image) => renameImage(image, overlay)),
          environment: overlay.environment,
        };
      }),
  );
  const patched = new Set(overlays.flatMap(({ patches }) => patches));
  return [...applied, ...workloads.filter((one) => !used.has(one) && !patched.has(one.at.file))];
}

function renameImage(image: string, overlay: Overlay): string {
  const bare = image.replace(/(@.*|:[^/]*)$/, '');
  return overlay.images.get(bare) ?? image;
}

/** The repository of an image as written in a manifest; undefined for a placeholder: `IMAGE`, `${IMAGE}`, `shop`. */
export function repositoryOf(image: string): string | undefined {
  const reference = parseReference(image);
  if (reference === undefined) return undefined;
  const { host, path } = reference.repository;
  if (host !== 'docker.io') return `${host}/${path}`;
  return path.startsWith('library/') ? undefined : image.replace(/(@.*|:[^/]*)$/, '');
}
