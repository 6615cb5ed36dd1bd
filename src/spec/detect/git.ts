import { type GitFiles, lineOf, type Place } from './repository.js';

/** What git's own files say of a repository. */
export interface GitFacts {
  /** `acme/shop`, from the remote `origin` or the only one. */
  readonly remote: { readonly name: string; readonly at: Place } | undefined;
  /** The branch that deliveries start from. */
  readonly branch: { readonly name: string; readonly sure: boolean; readonly why: string };
}

/** Reads remote and default branch from texts; asks no server. */
export function readGit(git: GitFiles): GitFacts {
  return { remote: readRemote(git.config), branch: readBranch(git) };
}

function readRemote(config: string | undefined): GitFacts['remote'] {
  if (config === undefined) return undefined;
  const remotes = [...config.matchAll(/^\[remote "([^"]+)"\][^[]*?^\s*url\s*=\s*(\S+)/gm)];
  const chosen = remotes.find(([, name]) => name === 'origin') ?? remotes[0];
  const url = chosen?.[2];
  if (url === undefined) return undefined;
  // git@host:acme/shop.git, https://user:secret@host/acme/shop.git: only the path is kept, never what may be a secret.
  const name = /^(?:[a-z+]+:\/\/[^/]*\/|[^/:]*:|\/)?(.+?)(?:\.git)?\/?$/.exec(url)?.[1];
  const line = lineOf(config, new RegExp(`^\\s*url\\s*=\\s*${escapePattern(url)}`, 'm'));
  return name === undefined
    ? undefined
    : { name, at: { file: '.git/config', ...(line === undefined ? {} : { line }) } };
}

function readBranch({ head, config, originHead, branches, userConfig }: GitFiles): GitFacts['branch'] {
  const origin = /^ref: refs\/remotes\/[^/]+\/(\S+)/.exec(originHead ?? '')?.[1];
  if (origin !== undefined) return { name: origin, sure: true, why: "the remote's default branch" };
  const wanted = [config, userConfig]
    .map((text) => /^\[init\][^[]*?^\s*defaultBranch\s*=\s*"?([^\s"]+)/im.exec(text ?? '')?.[1])
    .find((name) => name !== undefined);
  const current = /^ref: refs\/heads\/(\S+)/.exec(head ?? '')?.[1];
  const known = new Set([...branches, ...(current === undefined ? [] : [current])]);
  for (const name of [wanted, 'main', 'master']) {
    if (name !== undefined && known.has(name)) {
      return { name, sure: false, why: name === wanted ? 'init.defaultBranch of git' : 'a branch of this repository' };
    }
  }
  if (current !== undefined) return { name: current, sure: false, why: 'the branch that is checked out' };
  return { name: 'main', sure: false, why: 'what most repositories have' };
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
