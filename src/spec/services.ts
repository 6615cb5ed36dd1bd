import { isMapping, type Mapping, mappingOf, own } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import type { Stretch } from '../yaml/stretch.js';
import { mergeKubernetes } from './defaults.js';
import { TRIGGERS } from './environments.js';
import { normalPath } from './paths.js';
import { type Places, valueAt } from './places.js';
import { LOGINS } from './registries.js';
import type { SpecTree } from './service-files.js';

/** One image with its way: the whole of a spec, or what a service and the top level come to together. */
export interface SpecPart {
  /** Undefined: the spec has no services. */
  readonly service: string | undefined;
  /** The spec as it would be if this were its only image. */
  readonly spec: Mapping;
  /** Where the values of that spec stand. */
  readonly places: Places;
}

/** The parts of a spec, whatever its shape; a service that is no mapping is left out. */
export function partsOf({ value, places }: SpecTree): readonly SpecPart[] {
  const top = mappingOf(value);
  if (top['services'] === undefined) return [{ service: undefined, spec: top, places }];
  return Object.entries(mappingOf(top['services'])).flatMap(([service, given]) =>
    isMapping(given)
      ? [{ service, spec: mergeService(top, given), places: layerPlaces(service, given, top, places) }]
      : [],
  );
}

/** The top level and a service, key by key; a service without an image has its tests and nothing else. */
function mergeService(top: Mapping, given: Mapping): Mapping {
  const { image, component } = given;
  const test = given['test'] ?? top['test'];
  if (image === undefined && given['environments'] === undefined) return { test };
  return {
    image: mergeImage(mappingOf(top['image']), mappingOf(image)),
    test,
    component,
    deploy_markers: top['deploy_markers'],
    defaults: mergeKubernetes(mappingOf(given['defaults']), mappingOf(top['defaults'])),
    environments: mergeEnvironments(mappingOf(top['environments']), mappingOf(given['environments'])),
  };
}

/** An image has one login, so one that names its own takes none. */
function mergeImage(top: Mapping, given: Mapping): Mapping {
  const named = LOGINS.some((key) => given[key] !== undefined);
  const rest = Object.fromEntries(Object.entries(top).filter(([key]) => !named || !LOGINS.includes(key)));
  const build = { ...mappingOf(top['build']), ...mappingOf(given['build']) };
  const merged: Mapping = {
    ...rest,
    ...given,
    ...(Object.keys(build).length === 0 ? {} : { build }),
  };
  const { path, dockerfile } = merged;
  // As Docker itself has it: the Dockerfile is in the folder that is built.
  const folder = typeof path === 'string' ? normalPath(path) : undefined;
  const inFolder = dockerfile === undefined && folder !== undefined && folder !== '';
  return inFolder ? { ...merged, dockerfile: `${folder}/Dockerfile` } : merged;
}

/** The top level's environments without those that are false, and the service's own; those of one name are merged. */
function mergeEnvironments(top: Mapping, given: Mapping): Mapping {
  const names = [...Object.keys(top), ...Object.keys(given).filter((name) => own(top, name) === undefined)];
  return Object.fromEntries(
    names.flatMap((name) => {
      const [shared, its] = [own(top, name), own(given, name)];
      if (its === false) return [];
      if (!isMapping(shared)) return [[name, its]];
      return [[name, isMapping(its) ? mergeEnvironment(shared, its) : shared]];
    }),
  );
}

/** An environment has one trigger, so one that names its own takes none. */
function mergeEnvironment(shared: Mapping, its: Mapping): Mapping {
  const triggered = TRIGGERS.some((key) => its[key] !== undefined);
  const kept = Object.entries(shared).filter(([key]) => !triggered || !TRIGGERS.includes(key));
  return mergeKubernetes(its, Object.fromEntries(kept));
}

/** A value is looked for in the service first; what is in neither is missed there. */
function layerPlaces(service: string, given: Mapping, top: Mapping, places: Places): Places {
  const isShared = (path: Path) => depthOf(top, path) > depthOf(given, path);
  const at = (of: 'key' | 'value') => (path: Path, part?: Stretch) =>
    isShared(path) ? { ...places[of](path, part), shared: true } : places[of](['services', service, ...path], part);
  return { key: at('key'), value: at('value') };
}

/** How many parts of a path lead to something. */
function depthOf(value: unknown, path: Path): number {
  const missing = path.findIndex((_, index) => valueAt(value, path.slice(0, index + 1)) === undefined);
  return missing < 0 ? path.length : missing;
}
