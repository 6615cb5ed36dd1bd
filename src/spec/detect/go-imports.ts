import { folderOf, isBelow, joinPath, lineOf, type Note, type Repository } from './repository.js';
import type { Evidence } from './service-paths.js';

interface Module {
  /** `example.com/platform`. */
  readonly path: string;
  readonly folder: string;
}

/**
 * The folders of the repository that the Go code of a service imports, at any depth, by the modules that are in it, with
 * their `go.mod`. Of the service's own module, the highest folder that holds no other service; of another one, all of it.
 * @param services folders of all services
 * @returns undefined where the folder has no Go code, or no module
 */
export async function findGoFolders(
  folder: string,
  services: readonly string[],
  repository: Repository,
): Promise<Evidence | undefined> {
  const sources = repository.files.filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'));
  const modules = await readModules(repository);
  const home = moduleOf(folder, modules);
  const own = sources.filter((path) => isBelow(path, folder));
  if (home === undefined || own.length === 0) return undefined;
  const reached = new Set(own);
  const folders = new Set<string>();
  const reasons: Note[] = [];
  for (const path of reached) {
    const text = (await repository.read(path)) ?? '';
    for (const name of importsOf(text)) {
      const imported = findImported(name, modules);
      if (imported === undefined || isBelow(imported.folder, folder)) continue;
      const whole =
        imported.module.folder === home.folder
          ? highest(imported.folder, services, home.folder)
          : imported.module.folder;
      if (!folders.has(whole)) {
        const line = lineOf(text, new RegExp(`"${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}"`));
        reasons.push({
          at: { file: path, ...(line === undefined ? {} : { line }) },
          text: `${whole} is imported by ${folderOf(path)}`,
        });
      }
      folders.add(whole);
      for (const source of sources) if (folderOf(source) === imported.folder) reached.add(source);
    }
  }
  const files = ['go.mod', 'go.sum'].flatMap((name) => joinPath(home.folder, name) ?? []);
  const shared = ['go.work', 'go.work.sum'];
  return {
    folders: [...folders].sort(),
    files: [...files, ...shared].filter((path) => repository.files.includes(path)),
    reasons,
  };
}

async function readModules(repository: Repository): Promise<readonly Module[]> {
  const files = repository.files.filter((path) => /(^|\/)go\.mod$/.test(path));
  const read = await Promise.all(
    files.map(async (file) => {
      const path = /^module[ \t]+"?([^\s"]+)/m.exec((await repository.read(file)) ?? '')?.[1];
      return path === undefined ? [] : [{ path, folder: folderOf(file) }];
    }),
  );
  return read.flat();
}

function moduleOf(folder: string, modules: readonly Module[]): Module | undefined {
  const above = modules.filter((one) => isBelow(folder, one.folder));
  return above.sort((a, b) => depthOf(b.folder) - depthOf(a.folder))[0];
}

function findImported(
  name: string,
  modules: readonly Module[],
): { readonly module: Module; readonly folder: string } | undefined {
  const [module] = modules.filter(({ path }) => isBelow(name, path)).sort((a, b) => b.path.length - a.path.length);
  const folder = module === undefined ? undefined : joinPath(module.folder, name.slice(module.path.length));
  return module === undefined || folder === undefined ? undefined : { module, folder };
}

function depthOf(folder: string): number {
  return folder === '.' ? 0 : folder.split('/').length;
}

/** The paths that a file imports (Go specification, "Import declarations"). */
function importsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^import[ \t]*\(([^)]*)\)|^import[ \t]+([^\n(]*)$/gm)];
  return blocks.flatMap(([, block, one]) =>
    [...(block ?? one ?? '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  );
}

/** `internal` of `internal/db/rows`: a package that is added there belongs to it at once. */
function highest(folder: string, services: readonly string[], home: string): string {
  const start = depthOf(home);
  const parts = folder.split('/');
  for (let depth = start + 1; depth < parts.length; depth++) {
    const above = parts.slice(0, depth).join('/');
    if (!services.some((service) => isBelow(service, above))) return above;
  }
  return folder;
}
