import { join } from 'node:path';
import type { Io } from '../../io/io.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { buildOverlay, isKustomization } from './kustomize.js';
import { type Manifest, parseManifests } from './parse-manifests.js';

/**
 * The objects that a folder or a file holds. A folder with a kustomization is built by kustomize; of any other all files
 * `*.yaml`, `*.yml` and `*.json` are read, in the order of their names and without its subfolders, as kubectl does.
 * @returns at least one object, none of them twice
 */
export async function readManifests(path: string, io: Io): Promise<Result<readonly Manifest[], Failure>> {
  const texts = await readTexts(path, io);
  if (!texts.ok) return texts;
  const parsed = texts.value.map(({ file, text }) => parseManifests(text, file));
  const manifests = parsed.flatMap((one) => one.manifests);
  const [first, ...details] = [...parsed.flatMap(({ problems }) => problems), ...findTwins(manifests)];
  if (first !== undefined)
    return fail({ code: 1, cause: `a manifest cannot be read: ${first}`, details, next: CORRECT });
  if (manifests.length === 0) return fail({ code: 1, cause: `there is no manifest in ${path}`, next: EMPTY });
  return ok(manifests);
}

interface ManifestText {
  readonly file: string;
  readonly text: string;
}

async function readTexts(path: string, io: Io): Promise<Result<readonly ManifestText[], Failure>> {
  const names = (await io.files.inspect(path))?.kind === 'file' ? undefined : await io.files.list(path);
  if (names === undefined) {
    const text = await io.files.read(path);
    if (text !== undefined) return ok([{ file: path, text }]);
    return fail({ code: 1, cause: `there is no file or folder ${path} with manifests`, next: MISSING });
  }
  if (names.some(isKustomization)) {
    const built = await buildOverlay(path, io);
    return built.ok ? ok([{ file: `${path} as kustomize builds it`, text: built.value }]) : built;
  }
  if (names.includes('Chart.yaml'))
    return fail({ code: 1, cause: `${path} is a Helm chart, which is not built here`, next: HELM });
  const texts: ManifestText[] = [];
  for (const name of names.filter((one) => /\.(?:ya?ml|json)$/.test(one))) {
    const file = join(path, name);
    if ((await io.files.inspect(file))?.kind === 'folder') continue;
    const text = await io.files.read(file);
    // Left out in silence, its objects would stay as they are, and the deployment be green.
    if (text === undefined) return fail({ code: 1, cause: `${file} is a link that leads nowhere`, next: LINK });
    texts.push({ file, text });
  }
  return ok(texts);
}

/** Objects that stand there twice: which one was meant is not known. */
function findTwins(manifests: readonly Manifest[]): readonly string[] {
  const seen = new Map<string, Manifest>();
  return manifests.flatMap((manifest) => {
    const { apiVersion, kind, name, at } = manifest;
    const key = JSON.stringify([apiVersion, kind, name]);
    const twin = seen.get(key);
    seen.set(key, manifest);
    return twin === undefined ? [] : [`${at}: the ${kind} ${name} is at ${twin.at} already`];
  });
}

const CORRECT = 'Correct it. "kubectl apply --dry-run=client -f FILE" reads it in the same way.';
const EMPTY = 'Files that end in .yaml, .yml or .json are read; those in subfolders only by a kustomization.';
const HELM = 'Commit what "helm template" prints, and let that be the manifests.';
const LINK = 'Delete it, or let the job check out what it leads to, as a submodule.';
const MISSING = 'Correct the path, which starts at the top of the repository, and let the job check it out first.';
