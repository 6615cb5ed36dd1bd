import { quote } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import type { Compiler } from './compiler.js';
import type { Draft } from './draft.js';
import type { Requirement } from './model.js';
import type { WrittenRequirement } from './requires.js';
import { isTemplate } from './template.js';

/**
 * What every job of one workflow waits for, by final names. Jobs of a job group see each other, and those outside see
 * the group alone.
 */
export function resolveRequires(
  drafts: readonly Draft[],
  names: ReadonlyMap<Draft, string>,
  compiler: Compiler,
): ReadonlyMap<Draft, readonly Requirement[]> {
  const rooms = new Map<Draft | undefined, Draft[]>();
  for (const draft of drafts) {
    const room = rooms.get(draft.group) ?? [];
    room.push(draft);
    rooms.set(draft.group, room);
  }
  const indexes = new Map([...rooms].map(([group, room]) => [group, indexRoom(room, names)]));
  return new Map(
    drafts.map((draft) => {
      const index = indexes.get(draft.group) ?? new Map<string, Target>();
      const elsewhere = (name: string) =>
        [...indexes].find(([group, other]) => group !== draft.group && other.has(name.toLowerCase()))?.[0];
      return [draft, draft.requires.flatMap((one) => resolve(one, draft, index, elsewhere, compiler))];
    }),
  );
}

interface Target {
  /** Final names of the jobs that are meant. */
  readonly names: string[];
  /** Several jobs that asked for this name and were given numbers. */
  readonly ambiguous: boolean;
}

/** By lower-case name. A final name goes before the alias of a matrix, and that before a name without its number. */
function indexRoom(room: readonly Draft[], names: ReadonlyMap<Draft, string>): ReadonlyMap<string, Target> {
  const index = new Map<string, Target>();
  const final = (draft: Draft) => names.get(draft) ?? draft.name;
  for (const draft of room) index.set(final(draft).toLowerCase(), { names: [final(draft)], ambiguous: false });
  const add = (key: string, kind: string, draft: Draft, ambiguous: boolean): void => {
    const at = `${kind}${key.toLowerCase()}`;
    const known = index.get(at);
    if (known === undefined) index.set(at, { names: [final(draft)], ambiguous: false });
    else index.set(at, { names: [...known.names, final(draft)], ambiguous });
  };
  for (const draft of room) {
    if (draft.matrix !== undefined) add(draft.matrix.alias, 'alias\n', draft, false);
    else if (final(draft) !== draft.name) add(draft.name, 'asked\n', draft, true);
  }
  for (const kind of ['alias\n', 'asked\n']) {
    for (const [key, target] of [...index].filter(([at]) => at.startsWith(kind))) {
      index.delete(key);
      const name = key.slice(kind.length);
      if (!index.has(name)) index.set(name, target);
    }
  }
  return index;
}

function resolve(
  { name, statuses, place }: WrittenRequirement,
  draft: Draft,
  index: ReadonlyMap<string, Target>,
  elsewhere: (name: string) => Draft | undefined | null,
  compiler: Compiler,
): readonly Requirement[] {
  const target = index.get(name.toLowerCase());
  if (target !== undefined && !target.ambiguous) {
    return target.names.map((one) => ({ name: one, written: name, statuses, place }));
  }
  if (isTemplate(name)) return [{ name, written: name, statuses, place }];
  // A name with values in it that are not known may turn out to be this one.
  const template = target === undefined ? findTemplate(name, index) : undefined;
  if (template !== undefined) {
    return template.names.map((one) => ({ name: one, written: name, statuses, place }));
  }
  if (target !== undefined) {
    const message = `${quote(draft.name)} requires ${quote(name)}, but ${target.names.length} jobs have that name, and become ${target.names.map(quote).join(', ')}`;
    const help = 'give the one that is meant a "name" of its own';
    compiler.report({ ...place, code: 'ambiguous-requires', message, help });
    return [{ name, written: name, statuses, place }];
  }
  const owner = elsewhere(name);
  const near = suggest(
    name,
    [...index.values()].flatMap(({ names }) => names),
  );
  const where = draft.group === undefined ? 'the workflow' : `the job group ${quote(draft.group.reference)}`;
  const hint =
    owner === undefined || owner === null
      ? near === undefined
        ? ''
        : `, did you mean ${quote(near)}?`
      : `: it is inside the job group ${quote(owner.name)}, which is what can be required`;
  const message = `${quote(draft.name)} requires ${quote(name)}, which is not in ${where}${hint}`;
  compiler.report({ ...place, code: 'unknown-requires', message });
  return [{ name, written: name, statuses, place }];
}

/** The jobs whose name, with the values that are not known yet, can become a name. */
function findTemplate(name: string, index: ReadonlyMap<string, Target>): Target | undefined {
  for (const [key, target] of index) {
    if (isTemplate(key) && canBecome(key, name.toLowerCase())) return target;
  }
  return undefined;
}

/** Whether a text has what stands around the references of a template, in its order. */
function canBecome(template: string, text: string): boolean {
  const [first = '', ...rest] = template.split(/<<.*?>>/);
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
