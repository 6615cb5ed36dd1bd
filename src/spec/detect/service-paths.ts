import { findGoFolders } from './go-imports.js';
import { findWorkspaceFolders } from './node-workspaces.js';
import { isBelow, joinPath, type Note, type Repository } from './repository.js';
import type { Service } from './services.js';

/** What the image of a service is made of. */
export interface ServicePaths {
  /** As the spec has them; undefined: the build context, which is the service's folder. */
  readonly list: readonly string[] | undefined;
  /** Why what is not below its folder belongs to it. */
  readonly reasons: readonly Note[];
  /** What else may belong to it. */
  readonly doubt: Note | undefined;
}

/** Folders of the repository that a service is evidently made with, and why. */
export interface Evidence {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  readonly reasons: readonly Note[];
}

/** What paths are found in. */
interface Surroundings {
  readonly services: readonly Service[];
  readonly repository: Repository;
  /** Paths that an existing setup config runs the service for, and that config. */
  readonly mapped: { readonly paths: readonly string[]; readonly file: string };
}

/**
 * The paths of a service. A build context of its own holds all that is in the image; from a larger one, the image has what
 * the Dockerfile copies, and where it copies everything, what the service's code names: packages of a workspace, and
 * packages of Go that it imports.
 */
export async function findServicePaths(
  service: Service,
  { services, repository, mapped }: Surroundings,
): Promise<ServicePaths> {
  const found = await findOwnPaths(service, services, repository);
  const { name, folder } = service;
  const known = found.list ?? [folder];
  const added = mapped.paths.filter((path) => !known.some((one) => one === '.' || isBelow(path, one)));
  const text = `a change of ${added.join(', ')} has run ${name}, and still does`;
  const reasons = added.length === 0 ? [] : [{ at: { file: mapped.file }, text }];
  const doubt = found.isAlone && added.length === 0 ? copiesAll(service) : found.doubt;
  const list = added.length === 0 ? found.list : tidy([...known, ...added]);
  return { list, reasons: [...found.reasons, ...reasons], doubt };
}

interface OwnPaths extends ServicePaths {
  /** Everything is copied, and nothing but the service's folder is known to be used. */
  readonly isAlone?: boolean;
}

async function findOwnPaths(
  { folder, dockerfile, name }: Service,
  services: readonly Service[],
  repository: Repository,
): Promise<OwnPaths> {
  const { context, copies, path } = dockerfile;
  if (context !== '.') return { list: undefined, reasons: [], doubt: undefined };
  const unknown = `copies what only the build knows: is all of it in the paths of ${name}?`;
  const doubt = copies.unknown ? { at: { file: path }, text: unknown } : undefined;
  const sources = copies.sources.flatMap((source) => joinPath('.', source) ?? []);
  if (!sources.some((source) => source === '.' || source === '*')) {
    const there = sources.filter((source) => exists(source, repository));
    const list = tidy([folder, ...there]);
    const outer = list.filter((source) => !isBelow(source, folder));
    const text = `${name} is made of ${outer.join(', ')} too, by its COPY lines`;
    return { list, reasons: outer.length === 0 ? [] : [{ at: { file: path }, text }], doubt };
  }
  if (folder === '.') return { list: ['.'], reasons: [], doubt: undefined };
  const folders = services.map((one) => one.folder).filter((one) => one !== '.');
  const evidence = await Promise.all([
    findWorkspaceFolders(folder, repository),
    findGoFolders(folder, folders, repository),
  ]);
  const known = evidence.filter((one) => one !== undefined);
  const list = tidy([folder, ...known.flatMap((one) => one.folders), ...known.flatMap((one) => one.files)]);
  return { list, reasons: known.flatMap(({ reasons }) => reasons), doubt, isAlone: known.length === 0 };
}

function copiesAll({ dockerfile, name }: Service): Note {
  const text = `copies everything, and the paths of ${name} are its folder alone: name what it shares with others`;
  return { at: { file: dockerfile.path }, text };
}

/** Each path once, without what is below another one, and without `.` where something is known. */
function tidy(paths: readonly string[]): readonly string[] {
  const own = [...new Set(paths)].filter((path) => path !== '.');
  return own.filter((path) => !own.some((other) => other !== path && isBelow(path, other)));
}

function exists(source: string, { files }: Repository): boolean {
  if (!source.includes('*')) return files.some((file) => isBelow(file, source));
  const pattern = source.replaceAll(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '[^/]*');
  return files.some((file) => new RegExp(`^${pattern}(/|$)`).test(file));
}
