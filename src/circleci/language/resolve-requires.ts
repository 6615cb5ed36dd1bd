import { quote, quoteList } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import type { Compiler } from './compiler.js';
import type { Draft } from './draft.js';
import type { Requirement } from './model.js';
import type { Problem } from './problem.js';
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
    drafts.map((draft) => [draft, draft.requires.flatMap((one) => resolve(one, draft, indexes, compiler))]),
  );
}

/** What can be required by which name, for the jobs of the workflow itself (undefined) and of each job group. */
type Indexes = ReadonlyMap<Draft | undefined, Index>;

/** Final names of jobs by what they can be required by, in lower case; the first of the three that has a name counts. */
interface Index {
  readonly finals: ReadonlyMap<string, readonly string[]>;
  /** The instances of a matrix by its alias. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Jobs that have got a number, by the name that they asked for. */
  readonly asked: ReadonlyMap<string, readonly string[]>;
}

function indexRoom(room: readonly Draft[], names: ReadonlyMap<Draft, string>): Index {
  const index = { finals: new Map(), aliases: new Map(), asked: new Map() };
  const add = (map: Map<string, readonly string[]>, key: string, name: string): void => {
    map.set(key.toLowerCase(), [...(map.get(key.toLowerCase()) ?? []), name]);
  };
  for (const draft of room) {
    const name = names.get(draft) ?? draft.name;
    index.finals.set(name.toLowerCase(), [name]);
    if (draft.matrix !== undefined) add(index.aliases, draft.matrix.alias, name);
    else if (name !== draft.name) add(index.asked, draft.name, name);
  }
  return index;
}

/** The jobs that a name means; several that only asked for it are ambiguous. */
function lookUp(index: Index | undefined, name: string): { readonly names: readonly string[]; readonly one: boolean } {
  const key = name.toLowerCase();
  const sure = index?.finals.get(key) ?? index?.aliases.get(key);
  const names = sure ?? index?.asked.get(key) ?? [];
  return { names, one: sure !== undefined || names.length === 1 };
}

function resolve(
  { name, statuses, place }: WrittenRequirement,
  draft: Draft,
  indexes: Indexes,
  compiler: Compiler,
): readonly Requirement[] {
  const { names, one } = lookUp(indexes.get(draft.group), name);
  if (one) return names.map((final) => ({ name: final, written: name, statuses, place }));
  const asWritten = [{ name, written: name, statuses, place }];
  if (isTemplate(name)) return asWritten;
  // A name with values in it that are not known may turn out to be this one.
  const template = names.length === 0 ? findTemplate(indexes.get(draft.group), name) : undefined;
  if (template !== undefined) return template.map((final) => ({ name: final, written: name, statuses, place }));
  compiler.report({ ...place, ...(names.length === 0 ? missing : ambiguous)(name, draft, indexes) });
  return asWritten;
}

/** The jobs whose name, with the values that are not known yet, can become a name. */
function findTemplate(index: Index | undefined, name: string): readonly string[] | undefined {
  for (const [key, finals] of [...(index?.finals ?? []), ...(index?.aliases ?? [])]) {
    if (isTemplate(key) && canBecome(key, name.toLowerCase())) return finals;
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

type Words = Pick<Problem, 'code' | 'message' | 'help'>;

function ambiguous(name: string, { name: by, group }: Draft, indexes: Indexes): Words {
  const { names } = lookUp(indexes.get(group), name);
  const message = `${quote(by)} requires ${quote(name)}, but ${names.length} jobs have that name, and become ${quoteList(names)}`;
  return { code: 'ambiguous-requires', message, help: 'give the one that is meant a "name" of its own' };
}

function missing(name: string, { name: by, group }: Draft, indexes: Indexes): Words {
  const owner = [...indexes].find(([other, index]) => other !== group && lookUp(index, name).one)?.[0];
  const near = suggest(name, [...(indexes.get(group)?.finals.values() ?? [])].flat());
  const hint =
    owner !== undefined
      ? `: it is inside the job group ${quote(owner.name)}, which is what can be required`
      : near !== undefined
        ? `, did you mean ${quote(near)}?`
        : '';
  const where = group === undefined ? 'the workflow' : `the job group ${quote(group.reference)}`;
  const message = `${quote(by)} requires ${quote(name)}, which is not in ${where}${hint}`;
  return { code: 'unknown-requires', message };
}
