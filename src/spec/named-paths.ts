import { mappingOf } from '../yaml/mapping.js';
import { normalPath } from './paths.js';
import type { Place } from './places.js';
import type { SpecTree } from './service-files.js';
import { strings } from './strings.js';

/** A file or folder of the repository that a spec names, and where it does. */
export interface NamedPath {
  /** From the top of the repository; empty for the whole of it. */
  readonly path: string;
  readonly place: Place;
}

/** What `paths` of services name literally. A pattern may name what is to come; a name without a file is a mistake. */
export function namedPathsOf({ value, places }: SpecTree): readonly NamedPath[] {
  return Object.entries(mappingOf(mappingOf(value)['services'])).flatMap(([name, service]) => {
    const { paths } = mappingOf(service);
    return strings(paths).flatMap((written, index) => {
      const path = normalPath(written);
      if (path === undefined || path.includes('*')) return [];
      const item = Array.isArray(paths) ? [index] : [];
      return [{ path, place: places.value(['services', name, 'paths', ...item]) }];
    });
  });
}
