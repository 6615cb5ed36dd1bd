import { quote } from '../../diagnostic/quote.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { type Resolved, resolveExecutor } from './executors.js';
import { enter, enterElement, type Frame } from './frame.js';
import type { Definition, Job, Machine, Step } from './model.js';
import { bindParameters, type Given } from './parameters.js';
import { inside, type Place } from './place.js';
import type { Scope } from './scope.js';
import { expandSteps } from './steps.js';
import { substitute } from './substitute.js';

/** Types of jobs that run no steps (configuration reference, "type"). */
export const WITHOUT_STEPS = ['approval', 'no-op', 'release', 'lock', 'unlock'] as const;

/** Keys that say what a job runs on: those of a job take the place of its executor's. */
const MACHINES = ['docker', 'machine', 'macos'] as const;

/** What a workflow adds to a job. */
export interface Around {
  readonly place: Place;
  readonly before: unknown;
  readonly after: unknown;
}

/** A job with the parameters that are given, and the steps that go before and after its own. */
export function expandJob(
  { definition, scope }: { readonly definition: Definition; readonly scope: Scope },
  given: Given,
  around: Around,
  compiler: Compiler,
): Job {
  compiler.use(definition);
  const home = enter(scope, compiler);
  const frame = enterElement(bindParameters(definition, given, home, compiler), home);
  return expandBody(definition, frame, given.frame, around, compiler);
}

/**
 * The inside of a job.
 * @param frame with the parameters of the job
 */
export function expandBody(
  definition: Definition,
  frame: Frame,
  caller: Frame,
  around: Around,
  compiler: Compiler,
): Job {
  const { steps: written, parameters: _, executor, description: __, ...rest } = definition.value;
  const base =
    executor === undefined
      ? undefined
      : resolveExecutor(executor, inside(definition.place, 'executor'), frame, caller, compiler);
  const own = mappingOf(substitute(rest, frame.environment, definition.place, compiler));
  const content = merge(base?.content ?? {}, own);
  const stepless = written === undefined && WITHOUT_STEPS.some((one) => one === own['type']);
  const steps = stepless
    ? []
    : [
        ...aroundSteps(around, 'pre-steps', caller, compiler),
        ...expandSteps(written, inside(definition.place, 'steps'), frame, compiler),
        ...aroundSteps(around, 'post-steps', caller, compiler),
      ];
  checkRemoteDocker(steps, definition, compiler);
  return {
    content,
    machine: machineOf(content, base, definition.place),
    environment: variablesOf(content['environment']),
    steps,
  };
}

/** A job has one remote Docker at most; below conditions that are not known it may be one or the other. */
function checkRemoteDocker(steps: readonly Step[], { name, place: { source } }: Definition, compiler: Compiler): void {
  const [, ...others] = steps.filter((step) => step.name === 'setup_remote_docker' && step.conditions.length === 0);
  for (const { place, calls } of others) {
    const written = place.source === source ? place : (calls.findLast((call) => call.source === source) ?? place);
    const message = `the job ${quote(name)} sets up a remote Docker a second time`;
    compiler.report({ ...written, code: 'remote-docker-twice', message });
  }
}

/** Steps of `pre-steps` or `post-steps`, which mean what they mean in the workflow. */
export function aroundSteps(around: Around, key: 'pre-steps' | 'post-steps', frame: Frame, compiler: Compiler) {
  const steps = key === 'pre-steps' ? around.before : around.after;
  return steps === undefined ? [] : expandSteps(steps, inside(around.place, key), frame, compiler);
}

/** "Overriding keys when invoking an executor": keys of the job win, and variables are added to each other. */
function merge(executor: Mapping, job: Mapping): Mapping {
  const replaced = MACHINES.some((key) => job[key] !== undefined);
  const kept = Object.entries(executor).filter(([key]) => !(replaced && MACHINES.some((one) => one === key)));
  const [theirs, ours] = [executor['environment'], job['environment']];
  const environment =
    theirs === undefined || ours === undefined ? {} : { environment: { ...variablesOf(theirs), ...variablesOf(ours) } };
  return { ...Object.fromEntries(kept), ...job, ...environment };
}

/** Variables are a mapping; old configs have lists of mappings, or of `NAME=VALUE`. */
function variablesOf(environment: unknown): Mapping {
  if (!Array.isArray(environment)) return mappingOf(environment);
  const entries = environment.flatMap((item): readonly (readonly [string, unknown])[] => {
    if (typeof item !== 'string') return Object.entries(mappingOf(item));
    const at = item.indexOf('=');
    return at < 1 ? [] : [[item.slice(0, at), item.slice(at + 1)]];
  });
  return Object.fromEntries(entries);
}

function machineOf(content: Mapping, base: Resolved | undefined, job: Place): Machine {
  const kind = MACHINES.find((key) => content[key] !== undefined) ?? (base?.opaque === true ? 'opaque' : 'none');
  const resource = content['resource_class'];
  const listed = kind === 'docker' || kind === 'machine' ? [content[kind]].flat() : [];
  return {
    kind,
    images: listed.map((one) => mappingOf(one)['image']).filter((image) => typeof image === 'string'),
    resourceClass: resource === undefined ? undefined : String(resource),
    executor: base?.name,
    place: base === undefined || kind === 'opaque' || kind === 'none' ? job : base.place,
  };
}
