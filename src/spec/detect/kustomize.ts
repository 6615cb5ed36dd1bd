import { environmentOfFolder } from './environments.js';
import {
  folderOf,
  joinPath,
  listOf,
  type Mapping,
  mappingOf,
  type Note,
  nameOf,
  type Place,
  type Repository,
  readDocuments,
  textOf,
} from './repository.js';

/** A kustomization that belongs to one environment. */
export interface Overlay {
  readonly environment: string;
  readonly namespace: string | undefined;
  readonly prefix: string;
  readonly suffix: string;
  /** New name by the name in the manifests. */
  readonly images: ReadonlyMap<string, string>;
  /** Manifests that it deploys, through the kustomizations that it builds on. */
  readonly resources: readonly string[];
  /** Files that change manifests and are none themselves. */
  readonly patches: readonly string[];
  readonly at: Place;
}

interface Kustomization {
  readonly file: string;
  readonly folder: string;
  readonly value: Mapping;
  line(path: readonly (string | number)[]): number;
}

/** The overlays: kustomizations whose folder is named for an environment. */
export async function findOverlays(
  repository: Repository,
): Promise<{ readonly overlays: readonly Overlay[]; readonly broken: readonly Note[] }> {
  const all = new Map<string, Kustomization>();
  const broken: Note[] = [];
  for (const file of repository.files.filter((path) => /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path))) {
    const text = await repository.read(file);
    if (text === undefined) continue;
    const read = readDocuments(file, text);
    broken.push(...read.broken);
    const [document] = read.documents;
    if (document !== undefined)
      all.set(folderOf(file), { file, folder: folderOf(file), value: document.value, line: document.line });
  }
  const overlays = [...all.values()].flatMap((kustomization): readonly Overlay[] => {
    const named = nameBelowOverlays(kustomization.folder) ?? environmentOfFolder(nameOf(kustomization.folder));
    return named === undefined ? [] : [makeOverlay(named, kustomization, all, repository)];
  });
  return { overlays, broken };
}

/** `eu` of `overlays/eu`: a folder there is an environment whatever its name. */
function nameBelowOverlays(folder: string): string | undefined {
  return /(?:^|\/)(?:overlays|environments|envs)\/([a-z][a-z0-9_-]{0,39})$/.exec(folder)?.[1];
}

function makeOverlay(
  environment: string,
  kustomization: Kustomization,
  all: ReadonlyMap<string, Kustomization>,
  repository: Repository,
): Overlay {
  const chain = withBases(kustomization, all);
  const one = (key: string) => chain.map(({ value }) => textOf(value[key])).find((found) => found !== undefined);
  const images = new Map<string, string>();
  // The overlay itself stands first in the chain and has the last word.
  for (const { value } of [...chain].reverse()) {
    for (const image of listOf(value['images'])) {
      const { name, newName } = mappingOf(image);
      if (textOf(name) !== undefined && textOf(newName) !== undefined) images.set(String(name), String(newName));
    }
  }
  const files = (keys: readonly string[]) =>
    chain.flatMap(({ folder, value }) =>
      keys.flatMap((key) =>
        listOf(value[key]).flatMap((item) => {
          const path = textOf(item) ?? textOf(mappingOf(item)['path']);
          return path === undefined ? [] : (joinPath(folder, path) ?? []);
        }),
      ),
    );
  return {
    environment,
    namespace: one('namespace'),
    prefix: chain.map(({ value }) => textOf(value['namePrefix']) ?? '').join(''),
    suffix: [...chain]
      .reverse()
      .map(({ value }) => textOf(value['nameSuffix']) ?? '')
      .join(''),
    images,
    resources: files(['resources', 'bases']).filter((path) => repository.files.includes(path)),
    patches: files(['patches', 'patchesStrategicMerge']),
    at: { file: kustomization.file, line: kustomization.line(['namespace']) },
  };
}

/** A kustomization and those that it builds on, nearest first; each once, so a circle ends. */
function withBases(from: Kustomization, all: ReadonlyMap<string, Kustomization>): readonly Kustomization[] {
  const chain: Kustomization[] = [];
  const visit = (at: Kustomization): void => {
    if (chain.includes(at)) return;
    chain.push(at);
    for (const key of ['resources', 'bases', 'components']) {
      for (const item of listOf(at.value[key])) {
        const folder = textOf(item) === undefined ? undefined : joinPath(at.folder, String(item));
        const next = folder === undefined ? undefined : all.get(folder);
        if (next !== undefined) visit(next);
      }
    }
  };
  visit(from);
  return chain;
}
