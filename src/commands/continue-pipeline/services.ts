import type { Changes } from './changes.js';

/** A service, and why it runs. */
export interface Verdict {
  readonly service: string;
  /** The files that make it run; undefined: all services run. */
  readonly because: readonly string[] | undefined;
  readonly runs: boolean;
}

/** Which services run. */
export function judgeServices(
  services: Readonly<Record<string, readonly string[]>>,
  changes: Changes,
): readonly Verdict[] {
  return Object.entries(services).map(([service, paths]) => {
    if (changes.kind === 'every') return { service, because: undefined, runs: true };
    const patterns = paths.map(compile);
    const because = changes.files.filter((file) => patterns.some((matches) => matches(file)));
    return { service, because, runs: because.length > 0 };
  });
}

/** Whether a file is what a path names, or below it. `*` is any part of one name, `**` any folders. */
function compile(path: string): (file: string) => boolean {
  if (path === '') return () => true;
  if (!path.includes('*')) return (file) => file === path || file.startsWith(`${path}/`);
  const parts = path.split('/').map((part) => {
    if (part === '**') return '(?:[^/]+/)*';
    return `${part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '[^/]*')}/`;
  });
  // Every file is looked at with a slash behind it, so that a folder and a file of one name read the same.
  const pattern = new RegExp(`^${parts.join('')}`);
  return (file) => pattern.test(`${file}/`);
}
