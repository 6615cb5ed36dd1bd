import { splitDocuments } from '../../yaml/documents.js';
import { parseYaml, type Yaml } from '../../yaml/parse.js';

/** What detection may see of a repository: a listing, and the texts of its files. Nothing here writes or follows links. */
export interface Repository {
  /** Name of the folder, for where no remote says a better one. */
  readonly folder: string;
  /** Paths from the top, sorted, with `/`; without what is not worth a look (node_modules, .git, vendor, dist). */
  readonly files: readonly string[];
  /** The listing stopped at its limit: there are more files. */
  readonly cut: boolean;
  /** Files and folders that this user may not read, as far as it was tried. */
  readonly closed: ReadonlySet<string>;
  /** The text of a file of the listing; undefined for one that cannot be read as text, or is too large. */
  read(path: string): Promise<string | undefined>;
  readonly git: GitFiles;
}

/** Texts from the folder of git; undefined where there is none. */
export interface GitFiles {
  readonly head: string | undefined;
  readonly config: string | undefined;
  /** `refs/remotes/origin/HEAD`. */
  readonly originHead: string | undefined;
  /** Names of the local branches. */
  readonly branches: readonly string[];
  /** The user's own settings, for `init.defaultBranch`. */
  readonly userConfig: string | undefined;
}

/** Where something stands. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
}

/** A word in a file. */
export interface Mention {
  readonly text: string;
  readonly at: Place;
}

/** Something that was seen, in words, and where. */
export interface Note {
  readonly at?: Place;
  readonly text: string;
}

/** The line, from 1, of the first match; undefined when there is none. */
export function lineOf(text: string, pattern: RegExp): number | undefined {
  const at = text.search(pattern);
  return at < 0 ? undefined : lineAt(text, at);
}

/** The line, from 1, of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The folder of a path; `.` for the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path below a folder, without `.` and `..`; undefined when it leads out of the repository. */
export function joinPath(folder: string, path: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/** Whether a path is a folder's, or in one below it. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}

/** One document of a YAML file. */
export interface YamlDocument {
  readonly yaml: Yaml;
  readonly value: Mapping;
  /** The line in the file of a key of the document. */
  line(path: readonly (string | number)[]): number;
}

/** The mappings among the documents of a file, and whether one of them cannot be read. */
export function readDocuments(
  file: string,
  text: string,
): { readonly documents: readonly YamlDocument[]; readonly broken: Note[] } {
  const documents: YamlDocument[] = [];
  const broken: Note[] = [];
  for (const { text: part, before } of splitDocuments(text)) {
    const parsed = parseYaml(part, file, 'init/not-yaml');
    if (parsed.ok) {
      const { value: yaml } = parsed;
      if (!isMapping(yaml.value)) continue;
      documents.push({ yaml, value: yaml.value, line: (path) => yaml.keyRange(path).start.line + before });
    } else {
      const [first] = parsed.error;
      const line = (first?.range.start.line ?? 1) + before;
      broken.push({ at: { file, line }, text: `found, but not readable: ${first?.message ?? 'not valid YAML'}` });
    }
  }
  return { documents, broken };
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is a mapping, else an empty one. */
export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

/** The value where it is a list, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value where it is a string with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
