import { quote } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Definition, DefinitionKind, Orb } from './model.js';
import { inside, type Place, type Source } from './place.js';

/** What names of commands, jobs and executors mean at a place: in the config itself, or inside an orb. */
export interface Scope {
  readonly inOrb: boolean;
  /** By kind and name. */
  readonly definitions: Readonly<Record<DefinitionKind, Readonly<Record<string, Definition>>>>;
  /** Orbs by alias, each with a scope of its own; without one where it is opaque. */
  readonly orbs: Readonly<Record<string, { readonly orb: Orb; readonly scope: Scope | undefined }>>;
}

const KINDS: readonly DefinitionKind[] = ['commands', 'jobs', 'executors', 'job-groups'];

/** Orbs in orbs: CircleCI follows five of them ("Create, test and use URL orbs"); what is deeper is not looked into. */
const DEEPEST = 5;

export interface Imports {
  /** Sources of orbs by reference, `circleci/node@7.1.0` or an address. */
  readonly sources: Readonly<Record<string, Source>>;
  /** What a reference is with its pipeline values ("Configuration processing stages"). */
  readonly resolve: (reference: string, place: Place, inOrb: boolean) => string;
}

/**
 * The scope of a config or of an orb.
 * @param at where it stands: the top of a document, or an inline orb
 */
export function makeScope(at: Place, value: Mapping, imports: Imports, depth = 0): Scope {
  const orbs = Object.entries(mappingOf(value['orbs'])).map(([alias, written]) => {
    const place = inside(at, 'orbs', alias);
    const orb = makeOrb(alias, written, place, imports, depth);
    const scope = orb.source === undefined ? undefined : scopeOf(orb.source, imports, depth);
    return [alias, { orb, scope }] as const;
  });
  return { inOrb: depth > 0, definitions: makeDefinitions(at, value), orbs: Object.fromEntries(orbs) };
}

function scopeOf(place: Place, imports: Imports, depth: number): Scope {
  const orb = place.path.reduce<unknown>((value, key) => mappingOf(value)[String(key)], place.source.value);
  return makeScope(place, mappingOf(orb), imports, depth + 1);
}

function makeOrb(alias: string, written: unknown, place: Place, imports: Imports, depth: number): Orb {
  if (isMapping(written)) {
    // An orb's own tests have an empty one, into which its source is written before CircleCI reads the config.
    const known = depth < DEEPEST && Object.keys(written).length > 0;
    return { alias, place, kind: 'inline', reference: undefined, source: known ? place : undefined };
  }
  const reference = imports.resolve(String(written), place, depth > 0);
  const kind = reference.startsWith('https://') ? 'url' : 'registry';
  const source = depth < DEEPEST ? own(imports.sources, reference) : undefined;
  return { alias, place, kind, reference, source: source === undefined ? undefined : { source, path: [] } };
}

function makeDefinitions(at: Place, value: Mapping): Scope['definitions'] {
  const of = (kind: DefinitionKind): Readonly<Record<string, Definition>> =>
    Object.fromEntries(
      Object.entries(mappingOf(value[kind])).map(([name, definition]) => [
        name,
        { kind, name, place: inside(at, kind, name), value: mappingOf(definition) },
      ]),
    );
  const [commands, jobs, executors, groups] = KINDS.map(of);
  return { commands: commands ?? {}, jobs: jobs ?? {}, executors: executors ?? {}, 'job-groups': groups ?? {} };
}

/** What a name means: a definition with the scope that its own names are looked up in, or an orb that is opaque. */
export type Found =
  | { readonly definition: Definition; readonly scope: Scope; readonly orb?: undefined }
  | { readonly orb: Orb; readonly definition?: undefined };

/** Looks a name up, `deploy` or `build-once/deploy`; undefined where there is none. */
export function find(scope: Scope, kind: DefinitionKind, name: string): Found | undefined {
  const local = own(scope.definitions[kind], name);
  if (local !== undefined) return { definition: local, scope };
  const slash = name.indexOf('/');
  const imported = slash < 0 ? undefined : own(scope.orbs, name.slice(0, slash));
  if (imported === undefined) return undefined;
  if (imported.scope === undefined) return { orb: imported.orb };
  const definition = own(imported.scope.definitions[kind], name.slice(slash + 1));
  return definition === undefined ? undefined : { definition, scope: imported.scope };
}

/** What to say about a name that means nothing. */
export function describeMissing(
  scope: Scope,
  kind: 'commands' | 'jobs' | 'executors',
  name: string,
  others: readonly string[] = [],
): string {
  const [alias = '', inOrb] = name.split('/');
  if (inOrb !== undefined && own(scope.orbs, alias) === undefined) {
    const near = suggest(alias, Object.keys(scope.orbs));
    return `there is no orb ${quote(alias)} for ${quote(name)}${near === undefined ? '' : `, did you mean ${quote(near)}?`}`;
  }
  const known = Object.entries(scope.orbs).flatMap(([orb, { scope: inner }]) =>
    Object.keys(inner?.definitions[kind] ?? {}).map((one) => `${orb}/${one}`),
  );
  const near = suggest(name, [...others, ...Object.keys(scope.definitions[kind]), ...known]);
  const what = `there is no ${kind.replace(/s$/, '')} ${quote(name)}`;
  return near === undefined ? what : `${what}, did you mean ${quote(near)}?`;
}

/** Everything that a scope and the orbs in it define. */
export function* definitionsIn(scope: Scope): Generator<Definition> {
  for (const kind of KINDS) yield* Object.values(scope.definitions[kind]);
  for (const { scope: inner } of Object.values(scope.orbs)) if (inner !== undefined) yield* definitionsIn(inner);
}

/** Every orb of a scope, and those in it. */
export function* orbsIn(scope: Scope): Generator<Orb> {
  for (const { orb, scope: inner } of Object.values(scope.orbs)) {
    yield orb;
    if (inner !== undefined) yield* orbsIn(inner);
  }
}
