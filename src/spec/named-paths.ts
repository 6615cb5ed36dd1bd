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
 * What `paths` of services, `path` and `dockerfile` of images, `manifest` of migrations and `manifests` of environments name
 * literally. A pattern may name what is to come; a name without a file is a mistake.
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
  const ofEnvironments = (owner: Mapping, at: Path) => {
    const environments = Object.keys(mappingOf(owner['environments'])).map((name) => ['environments', name]);
    return [['defaults'], ...environments].flatMap((path) => {
      const { migration, kubernetes } = mappingOf(valueAt(owner, path));
      return [
        ...named(mappingOf(migration)['manifest'], [...at, ...path, 'migration', 'manifest']),
        ...named(mappingOf(kubernetes)['manifests'], [...at, ...path, 'kubernetes', 'manifests']),
      ];
    });
  };
  const ofPart = (owner: Mapping, at: Path) => [...ofImage(owner, at), ...ofEnvironments(owner, at)];
  const top = mappingOf(value);
  const ofServices = Object.entries(mappingOf(top['services'])).flatMap(([name, service]) => {
    const own = mappingOf(service);
    return [...named(own['paths'], ['services', name, 'paths']), ...ofPart(own, ['services', name])];
  });
  return [...ofPart(top, []), ...ofServices];
}
