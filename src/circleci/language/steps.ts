import { quote, quoteList } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { readCondition } from './conditions.js';
import { enter, enterCommand, type Frame } from './frame.js';
import { GivenSteps } from './lazy.js';
import type { Definition, Step } from './model.js';
import { opaqueStep } from './opaque.js';
import { bindParameters, substituteArguments } from './parameters.js';
import { inside, type Place } from './place.js';
import { describeMissing, find, type Scope } from './scope.js';
import { BUILT_IN_STEPS, neededKeys } from './shape/steps.js';
import { stepsData } from './steps-data.js';
import { substitute, substituteGiven } from './substitute.js';
import { isTemplate } from './template.js';

/** What a step counts as: about the characters of a short one. */
const STEP = 256;

/** Commands that call each other further than this are not written by people. */
const DEEPEST = 100;

/** The steps with every command replaced by what it consists of, and every reference by its value. */
export function expandSteps(steps: unknown, place: Place, frame: Frame, compiler: Compiler): readonly Step[] {
  if (!Array.isArray(steps)) {
    compiler.report({
      ...place,
      code: 'wrong-steps',
      message: steps === undefined ? 'there are no "steps"' : `steps are ${quote(steps)}, expected a list`,
    });
    return [];
  }
  return steps.flatMap((step, index) => expandStep(step, inside(place, index), frame, compiler));
}

function expandStep(raw: unknown, place: Place, frame: Frame, compiler: Compiler): readonly Step[] {
  if (!compiler.spend(STEP)) return [];
  const written = typeof raw === 'string' ? substituteGiven(raw, frame.environment, () => place, compiler) : raw;
  if (written instanceof GivenSteps) return expandGiven(written, frame, compiler);
  // An anchor's list of steps may stand for one: CircleCI puts its items in the place of it.
  if (Array.isArray(written)) return expandSteps(written, place, frame, compiler);
  const entries = typeof written === 'string' ? [[written, undefined] as const] : Object.entries(mappingOf(written));
  const [[name, value] = ['', undefined], ...others] = entries;
  // A command whose parameters stand beside it is called without them.
  const isBare = value === null && find(frame.scope, 'commands', name) !== undefined;
  if (name === '' || (others.length > 0 && !isBare)) {
    const message = `a step is a name, or a mapping with one key: ${quote(raw)}`;
    const help = others.length > 0 && value === null ? `indent the keys of "${name}" by two more spaces` : undefined;
    compiler.report({ ...place, code: 'wrong-step', message, ...(help === undefined ? {} : { help }) });
    return [];
  }
  const here = typeof written === 'string' ? place : inside(place, name);
  const called = find(frame.scope, 'commands', name);
  if (called !== undefined) {
    return called.orb === undefined
      ? callCommand(called, value, place, here, frame, compiler)
      : [opaqueStep(name, value, called.orb, place, frame, compiler)];
  }
  switch (name) {
    case 'when':
    case 'unless':
      return expandConditional(name, value, here, frame, compiler);
    case 'steps':
      return expandNested(value, here, frame, compiler);
    default:
      if (Object.hasOwn(BUILT_IN_STEPS, name)) return [builtIn(name, value, place, here, frame, compiler)];
  }
  // A name with a value in it that is not known yet may be any.
  if (isTemplate(name)) return [];
  const message = describeMissing(frame.scope, 'commands', name, Object.keys(BUILT_IN_STEPS));
  compiler.report({ ...here, at: 'key', code: 'unknown-command', message });
  return [];
}

/** Steps from a parameter, in the frame where they were written but under the conditions that hold here. */
export function expandGiven(given: GivenSteps, frame: Frame, compiler: Compiler): readonly Step[] {
  const { calls, conditions } = frame;
  return expandSteps(given.items, given.place, { ...given.frame, calls, conditions }, compiler);
}

/** The key of a built-in step that holds steps of its own. */
const INNER: Readonly<Record<string, string>> = { run: 'teardown', with_tool_cache: 'steps' };

function builtIn(name: string, value: unknown, place: Place, here: Place, frame: Frame, compiler: Compiler): Step {
  const { [INNER[name] ?? '']: steps, ...others } = mappingOf(value);
  const content = substitute(steps === undefined ? (value ?? {}) : others, frame.environment, here, compiler);
  const own =
    typeof content === 'string' && (name === 'run' || name === 'deploy') ? { command: content } : mappingOf(content);
  const whole = steps === undefined ? own : { ...own, ...innerSteps(INNER[name] ?? '', steps, here, frame, compiler) };
  const missing = neededKeys(name).filter((key) => whole[key] === undefined);
  if (missing.length > 0) {
    const message = `the step ${quote(name)} has no ${quoteList(missing)}`;
    compiler.report({ ...here, code: 'wrong-step', message });
  }
  return {
    name,
    opaque: false,
    orb: undefined,
    content: whole,
    place,
    calls: frame.calls,
    conditions: frame.conditions,
  };
}

function innerSteps(key: string, steps: unknown, here: Place, frame: Frame, compiler: Compiler): Mapping {
  return { [key]: stepsData(expandNested(steps, inside(here, key), { ...frame, conditions: [] }, compiler)) };
}

function expandNested(value: unknown, here: Place, frame: Frame, compiler: Compiler): readonly Step[] {
  const steps = typeof value === 'string' ? substituteGiven(value, frame.environment, () => here, compiler) : value;
  return steps instanceof GivenSteps ? expandGiven(steps, frame, compiler) : expandSteps(steps, here, frame, compiler);
}

function expandConditional(
  key: 'when' | 'unless',
  value: unknown,
  here: Place,
  frame: Frame,
  compiler: Compiler,
): readonly Step[] {
  const { condition: written, steps } = mappingOf(value);
  if (written === undefined || steps === undefined) {
    const missing = written === undefined ? 'condition' : 'steps';
    compiler.report({ ...here, code: 'wrong-step', message: `"${key}" has no "${missing}"` });
    return [];
  }
  const condition = readCondition(key, written, false, inside(here, 'condition'), frame.environment, compiler);
  if (condition.value === false) return [];
  const conditions = condition.value === undefined ? [...frame.conditions, condition] : frame.conditions;
  return expandNested(steps, inside(here, 'steps'), { ...frame, conditions }, compiler);
}

function callCommand(
  { definition, scope }: { readonly definition: Definition; readonly scope: Scope },
  value: unknown,
  place: Place,
  here: Place,
  frame: Frame,
  compiler: Compiler,
): readonly Step[] {
  compiler.use(definition);
  if (frame.commands.includes(definition) || frame.commands.length >= DEEPEST) {
    const chain = [...frame.commands, definition].slice(-6).map(({ name }) => name);
    const message = `commands call each other without an end: ${chain.join(' -> ')}`;
    compiler.report({ ...here, code: 'endless-command', message });
    return [];
  }
  if (value !== undefined && value !== null && !isMapping(value)) {
    const message = `the command ${quote(definition.name)} takes its parameters as a mapping, found ${quote(value)}`;
    compiler.report({ ...here, code: 'wrong-step', message });
  }
  const placeOf = (name: string) => inside(here, name);
  const values = substituteArguments(definition, mappingOf(value), frame.environment, placeOf, compiler);
  const home = enter(scope, compiler);
  const bound = bindParameters(definition, { values, place: here, frame }, home, compiler);
  const inner = enterCommand(definition, bound, place, home, frame);
  return expandSteps(definition.value['steps'], inside(definition.place, 'steps'), inner, compiler);
}
