import { quote, quoteList } from '../../diagnostic/quote.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Draft } from './draft.js';
import type { Frame } from './frame.js';
import { readEntry } from './invocations.js';
import { inside, type Place } from './place.js';
import { find } from './scope.js';

/**
 * The jobs of a workflow, each job group followed by its members ("Controlling serial execution across your
 * organization").
 * @param place where the list stands
 */
export function readJobs(listed: unknown, place: Place, frame: Frame, compiler: Compiler): readonly Draft[] {
  if (!Array.isArray(listed)) {
    compiler.report({ ...place, code: 'wrong-jobs', message: 'the jobs of a workflow are a list' });
    return [];
  }
  const names = new Set<string>();
  return listed.flatMap((item, index) => {
    const drafts = readEntry(item, inside(place, index), frame, undefined, compiler);
    for (const { name, place: at } of drafts.filter((draft) => draft.kind === 'job-group')) {
      if (names.has(name)) {
        const message = `the job group ${quote(name)} is in the workflow twice`;
        const help = 'give each of the two a "name"';
        compiler.report({ ...at, at: 'key', code: 'same-name', message, help });
      }
      names.add(name);
    }
    return drafts.flatMap((draft) => [draft, ...readMembers(draft, item, frame, compiler)]);
  });
}

function readMembers(group: Draft, item: unknown, frame: Frame, compiler: Compiler): readonly Draft[] {
  const { kind, definition, reference } = group;
  const keys = mappingOf(mappingOf(item)[reference]);
  const isGroup = find(frame.scope, 'job-groups', reference) !== undefined;
  if (kind === 'job-group' || (kind === 'approval' && isGroup)) checkCall(group, keys, compiler);
  if (kind !== 'job-group' || definition === undefined) return [];
  compiler.use(definition);
  const { jobs } = definition.value;
  const place = inside(definition.place, 'jobs');
  if (!Array.isArray(jobs)) {
    compiler.report({ ...place, code: 'wrong-jobs', message: 'the jobs of a job group are a list' });
    return [];
  }
  return jobs.flatMap((member, index) => {
    const drafts = readEntry(member, inside(place, index), frame, group, compiler);
    for (const draft of drafts.filter(({ serialGroup }) => serialGroup !== undefined)) {
      const message = 'a job inside a job group takes no "serial-group": the group as a whole does';
      compiler.report({ ...inside(draft.place, 'serial-group'), at: 'key', code: 'wrong-group-key', message });
    }
    return drafts;
  });
}

/** Keys that an invocation of a job group may have. */
const CALL_KEYS = ['name', 'requires', 'filters', 'serial-group'];

function checkCall({ reference, place }: Draft, keys: Mapping, compiler: Compiler): void {
  for (const key of Object.keys(keys).filter((one) => !CALL_KEYS.includes(one))) {
    const message = `the job group ${quote(reference)} takes no ${quote(key)}, expected one of ${quoteList(CALL_KEYS)}`;
    compiler.report({ ...inside(place, key), at: 'key', code: 'wrong-group-key', message });
  }
}
