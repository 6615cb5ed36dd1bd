import { isMapping, type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { enter, enterElement, type Frame } from './frame.js';
import { GivenExecutor } from './lazy.js';
import { noteOpaque, opaqueArguments } from './opaque.js';
import { bindParameters } from './parameters.js';
import { inside, type Place } from './place.js';
import { describeMissing, find } from './scope.js';
import { substitute, substituteGiven } from './substitute.js';
import { isTemplate } from './template.js';

/** What an executor brings to a job. */
export interface Resolved {
  /** The name that it is called by. */
  readonly name: string;
  readonly opaque: boolean;
  /** Its keys; those of an opaque one are `executor` alone. */
  readonly content: Mapping;
  /** Its definition, or where it is called. */
  readonly place: Place;
}

/**
 * The executor of a job.
 * @param raw what stands after `executor:`
 * @param frame the inside of the job
 * @param caller whoever calls the job: a name that comes in by a parameter of type string is one of theirs
 */
export function resolveExecutor(
  raw: unknown,
  place: Place,
  frame: Frame,
  caller: Frame,
  compiler: Compiler,
): Resolved | undefined {
  const value = substituteGiven(raw, frame.environment, () => place, compiler);
  const call = readCall(value, place, frame);
  if (isTemplate(call.name)) return callData(call.name, call, compiler);
  const found = find(call.frame.scope, 'executors', call.name) ?? find(caller.scope, 'executors', call.name);
  if (found === undefined) {
    const message = describeMissing(call.frame.scope, 'executors', call.name);
    compiler.report({ ...call.place, code: 'unknown-executor', message });
    return undefined;
  }
  if (found.orb !== undefined) {
    noteOpaque(found.orb, compiler);
    return callData(`${compiler.aliasOf(found.orb)}/${call.name.slice(call.name.indexOf('/') + 1)}`, call, compiler);
  }
  const { definition, scope } = found;
  compiler.use(definition);
  const home = enter(scope, compiler);
  const given = { values: call.parameters, place: call.place, frame: call.frame };
  const { environment } = enterElement(bindParameters(definition, given, home, compiler), home);
  const { parameters: _, description: __, steps: ___, executor: ____, ...rest } = definition.value;
  const content = mappingOf(substitute(rest, environment, definition.place, compiler));
  return { name: call.name, opaque: false, content, place: definition.place };
}

/** A call that stays one. */
function callData(name: string, { parameters, place, frame }: GivenExecutor, compiler: Compiler): Resolved {
  const values = opaqueArguments(parameters, place, frame, compiler);
  const executor = Object.keys(values).length === 0 ? name : { name, ...values };
  return { name, opaque: true, content: { executor }, place };
}

/** The name and the parameters of a call, and the frame in which the name means something. */
function readCall(value: unknown, place: Place, frame: Frame): GivenExecutor {
  if (value instanceof GivenExecutor) return value;
  if (!isMapping(value)) return new GivenExecutor(String(value), {}, place, frame);
  const { name, ...parameters } = value;
  if (!(name instanceof GivenExecutor)) return new GivenExecutor(String(name ?? ''), parameters, place, frame);
  return new GivenExecutor(name.name, { ...name.parameters, ...parameters }, inside(place, 'name'), name.frame);
}
