import { basename, join, resolve } from 'node:path';
import type { Io } from '../../io/io.js';
import type { GitFiles, Repository } from '../../spec/detect/repository.js';

/** Folders that hold nothing of a person's own. */
const SKIPPED = new Set(
  '.git .hg .svn node_modules bower_components vendor dist target .build .tap .next .nuxt .venv venv __pycache__ .tox .gradle .terraform .idea .vscode coverage'.split(
    ' ',
  ),
);

/** How much is looked at. */
const MOST_FILES = 5000;
const DEEPEST = 12;
const LARGEST = 1_000_000;

/** A repository on disk as detection sees it. Links are not followed, wherever they lead. */
export async function listRepository(directory: string, io: Io): Promise<Repository> {
  const files: string[] = [];
  const closed = new Set<string>();
  const sizes = new Map<string, number>();
  let cut = false;
  // Breadth first, so that a deep folder does not hide what stands at the top.
  let level = [''];
  for (let depth = 0; level.length > 0 && depth < DEEPEST && !cut; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      const entries = await inspectFolder(join(directory, folder), io, () => closed.add(folder));
      for (const { name, kind, size } of entries) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (kind === 'folder' && !SKIPPED.has(name)) next.push(path);
        if (kind !== 'file') continue;
        if (files.length >= MOST_FILES) {
          cut = true;
          break;
        }
        files.push(path);
        sizes.set(path, size);
      }
      if (cut) break;
    }
    level = next;
  }
  const texts = new Map<string, Promise<string | undefined>>();
  return {
    folder: basename(resolve(io.cwd, directory)),
    files: files.sort(),
    cut,
    closed,
    read: (path) => {
      const known = texts.get(path);
      if (known !== undefined) return known;
      const size = sizes.get(path);
      const text =
        size === undefined || size > LARGEST
          ? Promise.resolve(undefined)
          : readText(join(directory, path), io, () => closed.add(path));
      texts.set(path, text);
      return text;
    },
    git: await readGitFiles(directory, io),
  };
}

interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
}

async function inspectFolder(path: string, io: Io, onClosed: () => void): Promise<readonly Entry[]> {
  const names = await attempt(() => io.files.list(path), onClosed);
  const entries = (names ?? []).map(async (name): Promise<readonly Entry[]> => {
    const found = await attempt(() => io.files.inspect(join(path, name)));
    return found === undefined ? [] : [{ name, ...found }];
  });
  return (await Promise.all(entries)).flat();
}

/** The text of a file; undefined for one that cannot be read, or is no text. */
async function readText(path: string, io: Io, onClosed?: () => void): Promise<string | undefined> {
  const text = await attempt(() => io.files.read(path), onClosed);
  return text?.includes('\0') ? undefined : text?.replace(/^\uFEFF/, '');
}

/**
 * Undefined for what the machine refuses (a folder without permission, a file that went away); bugs are thrown on.
 * @param onClosed called for what this user may not read
 */
async function attempt<T>(look: () => Promise<T>, onClosed?: () => void): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    if ('code' in error && (error.code === 'EACCES' || error.code === 'EPERM')) onClosed?.();
    return undefined;
  }
}

/** Reads what git wrote, without running it: `.git` is a folder, or in a worktree a file that names one. */
async function readGitFiles(directory: string, io: Io): Promise<GitFiles> {
  const top = join(directory, '.git');
  const kind = (await attempt(() => io.files.inspect(top)))?.kind;
  const named = kind === 'file' ? /^gitdir: (.+)/.exec((await readText(top, io)) ?? '')?.[1]?.trim() : undefined;
  const own = named === undefined ? top : resolve(io.cwd, directory, named);
  const common = (await readText(join(own, 'commondir'), io))?.trim();
  const shared = common === undefined ? own : resolve(io.cwd, own, common);
  const home = io.env['HOME'];
  const [head, config, originHead, packed, userConfig] = await Promise.all([
    readText(join(own, 'HEAD'), io),
    readText(join(shared, 'config'), io),
    readText(join(shared, 'refs/remotes/origin/HEAD'), io),
    readText(join(shared, 'packed-refs'), io),
    home === undefined ? undefined : readText(join(home, '.gitconfig'), io),
  ]);
  const loose = (await attempt(() => io.files.list(join(shared, 'refs/heads')))) ?? [];
  const branches = [...(packed ?? '').matchAll(/^[0-9a-f]+ refs\/heads\/(\S+)$/gm)].map(([, name = '']) => name);
  return { head, config, originHead, branches: [...loose, ...branches], userConfig };
}
