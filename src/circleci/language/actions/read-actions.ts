import { type Mapping, valueAt } from '../../../yaml/mapping.js';
import { unescapeReferences } from '../environment.js';
import type { Invocation, Model, Step } from '../model.js';
import { inside, type Place } from '../place.js';
import type { Action, Circumstances } from './action.js';
import { elementOf } from './orbs.js';
import type { Doing } from './program.js';
import { readScript } from './read-script.js';
import { type Variables, withVariables } from './variables.js';

/** What a job does, as far as its steps say. */
export interface Actions {
  /** In the order of its steps. */
  readonly actions: readonly Action[];
  /** Whether a step may end the job early as a success, so that nothing of it is certain to run. */
  readonly halts: boolean;
}

/** Reads what one job of a workflow does. */
export function readActions(invocation: Invocation, model: Model): Actions {
  const { job, aroundOpaque, place } = invocation;
  if (job !== undefined) return readSteps(job.steps, withVariables(new Map(), job.environment), invocation, model);
  if (invocation.kind !== 'opaque') return { actions: [], halts: false };
  const before = readSteps(aroundOpaque?.before ?? [], new Map(), invocation, model);
  const after = readSteps(aroundOpaque?.after ?? [], new Map(), invocation, model);
  const own = readElement(invocation.reference, invocation.parameters, model, place);
  const step = aroundOpaque?.before.length ?? 0;
  const actions = own.map((doing) => act(doing, { what: invocation.reference, place, step, guarded: false }));
  return {
    actions: [...before.actions, ...actions, ...after.actions.map((one) => ({ ...one, step: one.step + step + 1 }))],
    halts: before.halts,
  };
}

function readSteps(steps: readonly Step[], variables: Variables, invocation: Invocation, model: Model): Actions {
  const actions: Action[] = [];
  let halts = false;
  for (const [index, step] of steps.entries()) {
    const place = placeInConfig(step, invocation, model);
    const guarded = step.conditions.length > 0;
    const content: Mapping = unescapeReferences(step.content);
    if (step.name === 'run' || step.name === 'deploy') {
      const directory = content['working_directory'];
      const there = directory === undefined ? variables : withVariables(variables, { PWD: directory });
      const script = readScript(String(content['command'] ?? ''), withVariables(there, content['environment']));
      halts ||= script.halts;
      // What runs when something has failed is no part of how things go.
      if (content['when'] === 'on_fail') continue;
      for (const { doing, what, ignored, ...how } of script.done) {
        const command = findCommand(place, step.name, how.part);
        actions.push(act(doing, { ...command, what, step: index, guarded: guarded || how.guarded, ignored }));
      }
    } else if (step.opaque) {
      const doings = readElement(step.name, content, model, place);
      const called = inside(place, step.name);
      actions.push(...doings.map((doing) => act(doing, { what: step.name, place: called, step: index, guarded })));
    }
  }
  return { actions, halts };
}

type How = Omit<Circumstances, 'ignored' | 'part'> & Partial<Pick<Circumstances, 'ignored' | 'part'>>;

function act(doing: Doing, how: How): Action {
  return { ...doing, ignored: false, part: undefined, ...how };
}

/** What a job or command of an orb does that is not at hand. */
function readElement(reference: string, given: Mapping, model: Model, { source }: Place): readonly Doing[] {
  const [alias = '', name = ''] = reference.split('/');
  const named = model.orbs.filter((orb) => orb.alias === alias);
  const orb = named.find(({ place }) => place.source === source) ?? named[0];
  const element = elementOf(orb?.reference ?? '', normalize(name));
  return element?.(Object.fromEntries(Object.entries(given).map(([key, value]) => [normalize(key), value]))) ?? [];
}

function normalize(name: string): string {
  return name.replaceAll('-', '_');
}

/** Where a step stands in the config itself; for one in the source of an orb, where the orb is called. */
function placeInConfig({ place, calls }: Step, invocation: Invocation, model: Model): Place {
  if (place.source === model.source) return place;
  return calls.findLast(({ source }) => source === model.source) ?? invocation.place;
}

/**
 * Where a command stands in the config: the place of its script, which can be written in two ways, and as much of its text
 * as is there. What parameters have put in is not.
 */
function findCommand(step: Place, name: string, text: string): Pick<Circumstances, 'place' | 'part'> {
  const run = valueAt(step.source.value, [...step.path, name]);
  const place = typeof run === 'string' ? inside(step, name) : inside(step, name, 'command');
  const script = String(valueAt(place.source.value, place.path));
  let part = text;
  while (part !== '' && !script.includes(part)) part = part.slice(0, Math.max(0, part.lastIndexOf(' ')));
  return { place, part: part === '' ? undefined : part };
}
