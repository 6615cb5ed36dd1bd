import type { Facts } from './detect.js';

/** The name of a repository: of its remote, or its folder. */
export function nameProject({ git, repository }: Pick<Facts, 'git' | 'repository'>): string {
  return cleanProjectName(git.remote?.name.split('/').at(-1) ?? repository.folder);
}

/** The name of the only image of a repository: of the folder that it is in, or of the repository. */
export function nameApplication(facts: Pick<Facts, 'dockerfiles' | 'git' | 'repository'>): string {
  const service = /(?:^|\/)(?:services|apps|packages)\/([^/]+)\//.exec(facts.dockerfiles[0]?.path ?? '')?.[1];
  return service === undefined ? nameProject(facts) : cleanProjectName(service);
}

function cleanProjectName(name: string): string {
  const clean = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return clean === '' ? 'app' : clean;
}
