import { type Mapping, mappingOf } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { normalPath } from './paths.js';
import { type Place, valueAt } from './places.js';
import type { SpecTree } from './service-files.js';
import { strings } from './strings.js';

/** A file or folder of the repository that a spec names, and where it does. */
export interface NamedPath {
  /** From the top of the repository; empty for the whole of it. */
  readonly path: string;
  readonly place: Place;
}

/**
 * What `paths` of services, `path` and `dockerfile` of images, and `manifest` of migrations name literally. A pattern may name what is to come; a
 * name without a file is a mistake.
 */
export function namedPathsOf({ value, places }: SpecTree): readonly NamedPath[] {
  const named = (written: unknown, at: Path): readonly NamedPath[] =>
    strings(written).flatMap((text, index) => {
      const path = normalPath(text);
      if (path === undefined || path.includes('*')) return [];
      return [{ path, place: places.value([...at, ...(Array.isArray(written) ? [index] : [])]) }];
    });
  const ofImage = (owner: Mapping, at: Path) =>
    ['path', 'dockerfile'].flatMap((key) => named(mappingOf(owner['image'])[key], [...at, 'image', key]));
  const ofMigrations = (owner: Mapping, at: Path) => {
    const environments = Object.keys(mappingOf(owner['environments'])).map((name) => ['environments', name]);
    return [['defaults'], ...environments].flatMap((path) => {
      const migration = mappingOf(mappingOf(valueAt(owner, path))['migration']);
      return named(migration['manifest'], [...at, ...path, 'migration', 'manifest']);
    });
  };
  const top = mappingOf(value);
  const ofServices = Object.entries(mappingOf(top['services'])).flatMap(([name, service]) => {
    const at = ['services', name];
    const own = mappingOf(service);
    return [...named(own['paths'], [...at, 'paths']), ...ofImage(own, at), ...ofMigrations(own, at)];
  });
  return [...ofImage(top, []), ...ofMigrations(top, []), ...ofServices];
}
