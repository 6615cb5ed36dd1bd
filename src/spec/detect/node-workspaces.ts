import { parseYaml } from '../../yaml/parse.js';
import { folderOf, lineOf, listOf, type Mapping, mappingOf, type Repository, textOf } from './repository.js';
import type { Evidence } from './service-paths.js';

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  /** Names of packages that it depends on, for whatever. */
  readonly needs: readonly string[];
}

const LOCK_FILES = ['pnpm-lock.yaml', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'bun.lock', 'bun.lockb'];
/** Files at the top that change what is installed or how it is compiled. */
const SHARED =
  /^(package\.json|pnpm-workspace\.yaml|\.npmrc|\.yarnrc\.yml|tsconfig[\w.-]*\.json|turbo\.json|nx\.json)$/;

/**
 * The packages of an npm, pnpm or yarn workspace that the one in a folder depends on, at any depth, with the lock file.
 * @returns undefined where the folder is no package of a workspace
 */
export async function findWorkspaceFolders(folder: string, repository: Repository): Promise<Evidence | undefined> {
  const patterns = await readPatterns(repository);
  const paths = repository.files.filter((path) => path.endsWith('/package.json') && isMember(folderOf(path), patterns));
  const packages = (await Promise.all(paths.map((path) => readPackage(path, repository)))).filter(
    (found) => found !== undefined,
  );
  const own = packages.find((one) => one.folder === folder);
  if (own === undefined) return undefined;
  const reached: Package[] = [own];
  const reasons: Evidence['reasons'][number][] = [];
  for (const user of reached) {
    for (const need of packages.filter(({ name }) => user.needs.includes(name))) {
      if (reached.includes(need)) continue;
      reached.push(need);
      const line = lineOf(user.text, new RegExp(`"${need.name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:`));
      const at = { file: `${user.folder}/package.json`, ...(line === undefined ? {} : { line }) };
      reasons.push({ at, text: `${need.folder} belongs to what ${user.folder} depends on` });
    }
  }
  const files = repository.files.filter((path) => LOCK_FILES.includes(path) || SHARED.test(path));
  return { folders: reached.slice(1).map((one) => one.folder), files, reasons };
}

/** The globs of `pnpm-workspace.yaml` (pnpm documentation, "pnpm-workspace.yaml") and of `workspaces` in package.json. */
async function readPatterns(repository: Repository): Promise<readonly string[]> {
  const pnpm = await readMapping('pnpm-workspace.yaml', repository);
  const { workspaces } = await readMapping('package.json', repository);
  const named = [...listOf(pnpm['packages']), ...listOf(workspaces), ...listOf(mappingOf(workspaces)['packages'])];
  return named.flatMap((pattern) => textOf(pattern) ?? []);
}

function isMember(folder: string, patterns: readonly string[]): boolean {
  const matches = (pattern: string) => {
    const plain = pattern.replace(/^(!|\.\/)+/, '').replace(/\/$/, '');
    const escaped = plain.replaceAll(/[.+^${}()|[\]\\?]/g, '\\$&');
    const expression = escaped.replaceAll(/\*\*\/?|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'));
    return new RegExp(`^${expression}$`).test(folder);
  };
  const [out, into] = [true, false].map((not) => patterns.filter((pattern) => pattern.startsWith('!') === not));
  return into?.some(matches) === true && out?.some(matches) !== true;
}

async function readPackage(path: string, repository: Repository): Promise<Package | undefined> {
  const value = await readMapping(path, repository);
  const name = textOf(value['name']);
  const needs = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
    Object.keys(mappingOf(value[key])),
  );
  const text = (await repository.read(path)) ?? '';
  return name === undefined ? undefined : { name, folder: folderOf(path), text, needs };
}

/** JSON is YAML; an empty mapping where a file cannot be read. */
async function readMapping(path: string, repository: Repository): Promise<Mapping> {
  const parsed = parseYaml((await repository.read(path)) ?? '', path, 'init/not-json');
  return parsed.ok ? mappingOf(parsed.value.value) : {};
}
