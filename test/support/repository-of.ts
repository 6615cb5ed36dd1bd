import type { Repository } from '../../src/spec/detect/repository.js';

/** What there is of git in a folder that is no repository. */
export const NO_GIT = {
  head: undefined,
  config: undefined,
  originHead: undefined,
  branches: [],
  userConfig: undefined,
};

/** A repository that is nothing but these texts, by path. */
export function repositoryOf(texts: Readonly<Record<string, string>>): Repository {
  return {
    folder: 'shop',
    files: Object.keys(texts).sort(),
    cut: false,
    closed: new Set(),
    read: async (path) => texts[path],
    git: NO_GIT,
  };
}
