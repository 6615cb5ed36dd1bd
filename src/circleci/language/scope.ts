import { type Mapping, mappingOf, own } from '../../yaml/mapping.js';

/** What names mean at a place: in the config itself, or inside an orb. */
export interface Scope {
  /** Where the scope stands in the config: an empty path for the config itself, `orbs` and the alias for an orb. */
  readonly path: readonly string[];
  readonly commands: Mapping;
  readonly jobs: Mapping;
  readonly executors: Mapping;
  /** Orbs by alias, each with a scope of its own; `opaque` where the source of a registry orb is not at hand. */
  readonly orbs: Readonly<Record<string, Scope | 'opaque'>>;
}

/**
 * The scope of a config or of an orb.
 * @param imports the sources of registry orbs by reference, `acme/build-once@1.2.3`
 * @param path where it stands in the config
 */
export function makeScope(
  config: Mapping,
  imports: Readonly<Record<string, Mapping>>,
  path: readonly string[] = [],
): Scope {
  const orbs = Object.entries(mappingOf(config['orbs'])).map(([alias, orb]): [string, Scope | 'opaque'] => {
    const source = typeof orb === 'string' ? own(imports, orb) : mappingOf(orb);
    return [alias, source === undefined ? 'opaque' : makeScope(source, imports, [...path, 'orbs', alias])];
  });
  return {
    path,
    commands: mappingOf(config['commands']),
    jobs: mappingOf(config['jobs']),
    executors: mappingOf(config['executors']),
    orbs: Object.fromEntries(orbs),
  };
}

/** An element with the scope that its own names are looked up in. */
export interface Element {
  readonly definition: Mapping;
  readonly scope: Scope;
  /** Where it stands in the config. */
  readonly path: readonly string[];
}

/** An element by name, `deploy` or `build-once/deploy`; `opaque` when it is of an orb whose source is not at hand. */
export function findElement(
  scope: Scope,
  kind: 'commands' | 'jobs' | 'executors',
  name: string,
): Element | 'opaque' | undefined {
  const slash = name.indexOf('/');
  const home = slash < 0 ? scope : own(scope.orbs, name.slice(0, slash));
  if (home === 'opaque') return home;
  const definition = own(home?.[kind], name.slice(slash + 1));
  return home === undefined || definition === undefined
    ? undefined
    : { definition: mappingOf(definition), scope: home, path: [...home.path, kind, name.slice(slash + 1)] };
}
