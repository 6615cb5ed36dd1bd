/**
 * A path in the repository as git writes it: without `./` before it and `/` behind it; empty for the whole repository.
 * @returns undefined for a path that leads out of the repository, or is none
 */
export function normalPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return path === '' || path.startsWith('/') || parts.includes('..') ? undefined : parts.join('/');
}

/** Whether a path is a folder of the paths, or in one. Both as `normalPath` makes them. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
