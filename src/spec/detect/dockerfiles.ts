import { isMultiPlatform } from './base-images.js';
import { type Copies, readCopies } from './copies.js';
import { folderOf, isBelow, joinPath, lineAt, nameOf, type Place, type Repository } from './repository.js';

/** A Dockerfile, read as far as a spec needs it. */
export interface Dockerfile {
  readonly path: string;
  /** The build context that its COPY lines fit. */
  readonly context: string;
  /** Image that the last stage starts from; undefined when only the build knows. */
  readonly base: { readonly image: string; readonly at: Place } | undefined;
  readonly platforms: Platforms;
  /** What it takes out of the build context. */
  readonly copies: Copies;
  /** It leaves development dependencies out (`npm ci --omit=dev`), so tools that are only there are not in the image. */
  readonly production: boolean;
}

export interface Platforms {
  readonly names: readonly string[];
  /** Why these. */
  readonly why: string;
  readonly at: Place | undefined;
  readonly guess: boolean;
}

/** The Dockerfiles of a repository, the most likely one first. */
export async function findDockerfiles(repository: Repository): Promise<readonly Dockerfile[]> {
  const paths = repository.files.filter((path) =>
    /(^|\/)(Dockerfile|Containerfile)(\.[\w.-]+)?$|\.Dockerfile$|\.dockerfile$/.test(path),
  );
  const kept = paths.filter((path) => !/\.dockerignore$|\.(md|swp|bak|orig|tmpl|j2|erb)$/.test(path));
  const ranked = kept.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const read = await Promise.all(
    ranked.map(async (path) => readDockerfile(path, await repository.read(path), repository)),
  );
  return read.filter((found) => found !== undefined);
}

/** Whether a Dockerfile is, by its path, not of what is deployed: for development, for tests, an example. */
export function isTooling(path: string): boolean {
  const other =
    /(^|[./_-])(dev|development|local|test|tests|ci|e2e|base|builder|lint|docs?|example|examples|db|debug)([./_-]|$)/;
  return /(^|\/)\.(devcontainer|circleci|github|gitpod)\//i.test(path) || other.test(path.toLowerCase());
}

/** Lower is likelier. */
function rank(path: string): number {
  const depth = path.split('/').length - 1;
  const name = nameOf(path).toLowerCase();
  const whole = path.toLowerCase();
  const production = /(^|[./_-])(prod|production|release)([./_-]|$)/.test(whole);
  return depth * 10 + (isTooling(path) ? 1000 : 0) + (name === 'dockerfile' ? 0 : 5) - (production ? 8 : 0);
}

interface Stage {
  readonly name: string | undefined;
  readonly from: string;
  readonly platform: string | undefined;
  readonly line: number;
}

function readDockerfile(path: string, text: string | undefined, repository: Repository): Dockerfile | undefined {
  if (text === undefined) return undefined;
  const stages = readStages(text);
  if (stages.length === 0) return undefined;
  return {
    path,
    context: findContext(path, text, repository),
    base: findBase(stages, path),
    platforms: findPlatforms(stages, text, path),
    copies: readCopies(text),
    production:
      /--omit[= ]dev|--production|--only[= ]prod|NODE_ENV=production[\s\S]*npm (ci|install)|--no-dev|--without development/.test(
        text,
      ),
  };
}

/** `FROM [--platform=P] IMAGE [AS NAME]`, with the defaults of `ARG`s that stand before the first of them filled in. */
function readStages(text: string): readonly Stage[] {
  const defaults = new Map<string, string>();
  const stages: Stage[] = [];
  for (const match of text.matchAll(/^[ \t]*(ARG|FROM)[ \t]+(.+)$/gim)) {
    const [, word = '', rest = ''] = match;
    const argument = /^(\w+)=["']?([^"'\s]*)/.exec(rest);
    if (word.toUpperCase() === 'ARG') {
      if (stages.length === 0 && argument?.[1] !== undefined) defaults.set(argument[1], argument[2] ?? '');
      continue;
    }
    const filled = rest.replaceAll(
      /\$\{?(\w+)(?::-([^}]*))?\}?/g,
      (whole, name: string, other: string | undefined) => defaults.get(name) ?? other ?? whole,
    );
    const read = /^(?:--platform=(\S+)\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(filled);
    if (read?.[2] === undefined) continue;
    stages.push({ from: read[2], platform: read[1], name: read[3]?.toLowerCase(), line: lineAt(text, match.index) });
  }
  return stages;
}

function findBase(stages: readonly Stage[], file: string): Dockerfile['base'] {
  let at = stages.length - 1;
  for (;;) {
    const stage = stages[at];
    if (stage === undefined) return undefined;
    const earlier = stages.findIndex(({ name }, index) => index < at && name === stage.from.toLowerCase());
    if (earlier >= 0) at = earlier;
    else return stage.from.includes('$') ? undefined : { image: stage.from, at: { file, line: stage.line } };
  }
}

function findPlatforms(stages: readonly Stage[], text: string, file: string): Platforms {
  const amd64 = ['linux/amd64'];
  const pinned = stages.find(({ platform }) => platform !== undefined && /^linux\/(amd64|arm64)/.test(platform));
  if (pinned?.platform !== undefined) {
    const name = pinned.platform.startsWith('linux/arm64') ? 'linux/arm64' : 'linux/amd64';
    return {
      names: [name],
      why: `the Dockerfile asks for ${pinned.platform}`,
      at: { file, line: pinned.line },
      guess: false,
    };
  }
  const one = /^(?!\s*#).*(GOARCH=amd64|x86[_-]64|linux[_-]amd64|-amd64|x64\.tar)/m.exec(text);
  if (one?.[1] !== undefined) {
    const at = { file, line: lineAt(text, one.index) };
    return { names: amd64, why: `the Dockerfile says ${JSON.stringify(one[1])}`, at, guess: false };
  }
  const names = new Set(stages.flatMap(({ name }) => (name === undefined ? [] : [name])));
  const outer = stages.filter(({ from }) => !names.has(from.toLowerCase()));
  const unknown = outer.find(({ from }) => !isMultiPlatform(from));
  if (unknown !== undefined) {
    const at = { file, line: unknown.line };
    return { names: amd64, why: `not known whether ${unknown.from} exists for arm64`, at, guess: true };
  }
  const bases = [...new Set(outer.map(({ from }) => from.replace(/^docker\.io\/(library\/)?/, '')))];
  const at = { file, line: outer[0]?.line ?? 1 };
  return {
    names: [...amd64, 'linux/arm64'],
    why: `${bases.join(' and ')} ${bases.length > 1 ? 'exist' : 'exists'} for both`,
    at,
    guess: true,
  };
}

/** The folder that the sources of COPY and ADD are in: the Dockerfile's own, or the top of the repository. */
function findContext(path: string, text: string, { files }: Repository): string {
  const folder = folderOf(path);
  if (folder === '.') return '.';
  const sources = readCopies(text).sources.filter((word) => /^[\w./][\w./-]*$/.test(word) && !/^\.\/?$/.test(word));
  const fits = (context: string) =>
    sources.filter((source) => {
      const wanted = joinPath(context, source);
      return wanted !== undefined && files.some((file) => isBelow(file, wanted));
    }).length;
  const [own, top] = [fits(folder), fits('.')];
  if (own === top && speaksOfTop(text, folder)) return '.';
  if (own === top) return /(^|\/)(docker|deploy|build|ci|\.docker|infra)$/.test(folder) ? '.' : folder;
  return own > top ? folder : '.';
}

/** Whether what a Dockerfile runs is in the top of the repository: it names its own folder, or a part of a workspace. */
function speaksOfTop(text: string, folder: string): boolean {
  const workspace = /\bturbo prune\b|\bpnpm\b.*(--filter|-F)\b|\bnpm\b.*(--workspace|-w)\b|\byarn workspaces?\b/;
  const runs = text.split('\n').filter((line) => !/^\s*#/.test(line));
  return runs.some((line) => workspace.test(line) || line.split(/[\s"'=,]+/).some((word) => leadsTo(word, folder)));
}

function leadsTo(word: string, folder: string): boolean {
  return isBelow(word.replace(/^\.\//, '').replace(/\/$/, ''), folder);
}
