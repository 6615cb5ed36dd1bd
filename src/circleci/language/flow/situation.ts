import type { Expression } from '../../../expressions/expression.js';
import { matchesWhole } from '../../../expressions/pattern.js';
import { reduce, truthOf, Unknown } from '../../../expressions/reduce.js';
import { isMapping, type Mapping, mappingOf, valueAt } from '../../../yaml/mapping.js';
import type { Filters, Workflow } from '../model.js';

/** What starts a pipeline: a push to a branch, or of a tag; with an event, that of a branch. */
export type Situation = { readonly branch: string; readonly event?: string } | { readonly tag: string };

/** A situation for people: `on the branch "main"`. */
export function describeSituation(situation: Situation): string {
  return 'tag' in situation ? `for the tag "${situation.tag}"` : `on the branch "${situation.branch}"`;
}

/**
 * Whether a workflow runs, by its `when` and by its schedules, if it has any; undefined where that depends on more than the
 * situation.
 */
export function runsWorkflow({ condition, place }: Workflow, situation: Situation): boolean | undefined {
  const schedules = mappingOf(valueAt(place.source.value, place.path))['triggers'];
  if (Array.isArray(schedules) && !schedules.some((one) => isScheduled(one, situation))) return false;
  return condition === undefined ? true : evaluate(condition.expression, situation);
}

/** A schedule runs on the branches that its filters name ("schedule" of the configuration reference). */
function isScheduled(trigger: unknown, situation: Situation): boolean {
  const { filters } = mappingOf(mappingOf(trigger)['schedule']);
  return 'branch' in situation && filtersOfMap(mappingOf(filters), situation) !== false;
}

/**
 * Whether the filters of a job let it run; undefined where that depends on more than the situation. A job without filters
 * for tags does not run for a tag ("Workflow orchestration", "Executing workflows for a git tag").
 */
export function filtersIn(filters: Filters | undefined, situation: Situation): boolean | undefined {
  if (filters === undefined) return !('tag' in situation);
  if (filters.kind === 'expression') return evaluate(filters.expression, situation);
  return filtersOfMap(filters.map, situation);
}

function filtersOfMap(map: Mapping, situation: Situation): boolean | undefined {
  const [key, name] =
    'tag' in situation ? (['tags', situation.tag] as const) : (['branches', situation.branch] as const);
  const lists = map[key];
  if (!isMapping(lists)) return key === 'branches';
  const only = lists['only'] === undefined ? true : matchesAny(lists['only'], name);
  const ignored = lists['ignore'] === undefined ? false : matchesAny(lists['ignore'], name);
  if (only === false || ignored === true) return false;
  return only === undefined || ignored === undefined ? undefined : true;
}

function matchesAny(list: unknown, name: string): boolean | undefined {
  const results = [list].flat().map((one) => matches(String(one), name));
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}

function matches(pattern: string, name: string): boolean | undefined {
  if (pattern.includes('<<')) return undefined;
  const source = /^\/(.*)\/$/s.exec(pattern)?.[1];
  return source === undefined ? pattern === name : matchesWhole(source, name);
}

function evaluate(expression: Expression, situation: Situation): boolean | undefined {
  const values: Readonly<Record<string, string>> = {
    'pipeline.git.branch': 'branch' in situation ? situation.branch : '',
    'pipeline.git.tag': 'tag' in situation ? situation.tag : '',
    ...('event' in situation && situation.event !== undefined ? { 'pipeline.event.name': situation.event } : {}),
  };
  const reduced = reduce(
    expression,
    (name) => values[name] ?? new Unknown(),
    () => {},
  );
  return truthOf(reduced);
}
