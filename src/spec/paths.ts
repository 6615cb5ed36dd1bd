/**
 * A path in the repository as git writes it: without `./` before it and `/` behind it; empty for the whole repository.
 * @returns undefined for a path that leads out of the repository, has `\\` between its folders, or is none
 */
export function normalPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const isElsewhere = path.startsWith('/') || parts.includes('..') || path.includes('\\');
  return path === '' || isElsewhere ? undefined : parts.join('/');
}

/** What to write instead of a path that `normalPath` does not take. */
export function adviseOnPath(path: string, example: string): string {
  return path.includes('\\')
    ? `write "/" between folders: ${path.replaceAll('\\', '/')}`
    : `write it from the top of the repository, for example ${example}`;
}

/** Whether a path is a folder of the paths, or in one. Both as `normalPath` makes them. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
