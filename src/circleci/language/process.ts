import { quote } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import { checkGraph } from './graph.js';
import { checkLimits } from './limits.js';
import { bindParameters } from './parameters.js';
import type { Problem, Report } from './problem.js';
import { type Element, findElement, makeScope, type Scope } from './scope.js';
import { expandSteps } from './steps.js';
import { type Lookup, lookupIn, substitute, unescapeReferences } from './substitute.js';

/** A config as CircleCI's compiler leaves it: no orbs, commands, executors or parameters any more. */
export interface Processed {
  readonly jobs: Readonly<Record<string, Mapping>>;
  readonly workflows: Readonly<Record<string, ProcessedWorkflow>>;
}

export interface ProcessedWorkflow {
  readonly when: unknown;
  readonly jobs: readonly ProcessedInvocation[];
}

export interface ProcessedInvocation {
  /** Name in the workflow. */
  readonly name: string;
  readonly approval: boolean;
  readonly requires: readonly string[];
  readonly context: readonly string[];
  readonly filters: unknown;
  readonly serialGroup: string | undefined;
}

export interface ProcessOptions {
  /** Pipeline values by name, `pipeline.git.branch`. Those that are not given stay as they are written. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Sources of registry orbs by reference. */
  readonly imports?: Readonly<Record<string, Mapping>>;
}

/** Keys of an invocation that are not parameters of the job. */
const INVOCATION_KEYS = new Set([
  'name',
  'requires',
  'context',
  'type',
  'filters',
  'serial-group',
  'matrix',
  'pre-steps',
  'post-steps',
  'override-with',
]);

/** Compiles a config. Problems are collected; what has one is left out of the result. */
export function processConfig(
  config: Mapping,
  options: ProcessOptions = {},
): { readonly processed: Processed; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const scope = makeScope(config, options.imports ?? {});
  const pipeline: Lookup = (name) =>
    own(options.values, name) ?? (name.startsWith('pipeline.') ? `<< ${name} >>` : undefined);
  const jobs = new Map<string, Mapping>();
  const workflows = new Map<string, ProcessedWorkflow>();
  for (const [name, raw] of Object.entries(mappingOf(config['workflows']))) {
    const path = ['workflows', name];
    const { when, jobs: listed } = mappingOf(raw);
    const invocations = (Array.isArray(listed) ? listed : []).map((item, index) =>
      invoke(item, scope, pipeline, [...path, 'jobs', index], report, jobs),
    );
    checkGraph(invocations, path, report);
    workflows.set(name, { when, jobs: invocations });
  }
  const processed = { jobs: Object.fromEntries(jobs), workflows: Object.fromEntries(workflows) };
  checkLimits(processed.workflows, report);
  return {
    processed,
    problems,
  };
}

function invoke(
  item: unknown,
  scope: Scope,
  pipeline: Lookup,
  path: readonly (string | number)[],
  report: Report,
  jobs: Map<string, Mapping>,
): ProcessedInvocation {
  const [[reference, raw] = ['', {}]] =
    typeof item === 'string' ? [[item, {}] as const] : Object.entries(mappingOf(item));
  const values = mappingOf(substitute(raw, pipeline, [...path, reference], report));
  const name = String(values['name'] ?? reference.slice(reference.indexOf('/') + 1));
  const invocation: ProcessedInvocation = {
    name,
    approval: values['type'] === 'approval',
    requires: listOf(values['requires']),
    context: listOf(values['context']),
    filters: values['filters'],
    serialGroup: values['serial-group'] === undefined ? undefined : String(values['serial-group']),
  };
  if (invocation.approval) return invocation;
  const found = findElement(scope, 'jobs', reference);
  if (found === undefined) {
    report({ code: 'unknown-job', path, message: `there is no job ${quote(reference)}` });
    return invocation;
  }
  if (found === 'opaque') {
    jobs.set(name, { [reference]: values });
    return invocation;
  }
  for (const parameter of Object.keys(mappingOf(found.definition['parameters']))) {
    if (!INVOCATION_KEYS.has(parameter)) continue;
    const message = `a job cannot have a parameter ${quote(parameter)}: in a workflow that is a key of CircleCI's own`;
    report({ code: 'reserved-parameter', path: [...found.path, 'parameters', parameter], message });
  }
  const given = Object.fromEntries(Object.entries(values).filter(([key]) => !INVOCATION_KEYS.has(key)));
  const bound = bindParameters(mappingOf(found.definition['parameters']), given, [...path, reference], report);
  const job = processJob(found, scope, lookupIn(bound, pipeline), report);
  const before = jobs.get(name);
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(job)) {
    report({ code: 'same-name', path, message: `two different jobs are named "${name}"` });
  }
  jobs.set(name, job);
  return invocation;
}

/** Types of jobs that run no steps (configuration reference, "type"). */
const WITHOUT_STEPS = ['no-op', 'release'];

function processJob({ definition, scope, path }: Element, caller: Scope, lookup: Lookup, report: Report): Mapping {
  const { steps, parameters: _, executor, description: __, ...rest } = definition;
  const machine = executor === undefined ? {} : resolveExecutor(executor, scope, caller, lookup, path, report);
  const whole = {
    ...machine,
    ...mappingOf(substitute(rest, lookup, path, report)),
    ...(WITHOUT_STEPS.includes(String(definition['type'])) && steps === undefined
      ? {}
      : { steps: expandSteps(steps, scope, lookup, [...path, 'steps'], report) }),
  };
  return mappingOf(unescapeReferences(whole));
}

/** A name that came in by a parameter is the caller's; one that is written in the job is the job's own. */
function resolveExecutor(
  raw: unknown,
  scope: Scope,
  caller: Scope,
  lookup: Lookup,
  path: readonly string[],
  report: Report,
): Mapping {
  const value = substitute(raw, lookup, [...path, 'executor'], report);
  const { name = value, ...given } = mappingOf(value);
  const found = findElement(caller, 'executors', String(name)) ?? findElement(scope, 'executors', String(name));
  if (found === undefined) {
    report({
      code: 'unknown-executor',
      path: [...path, 'executor'],
      message: `there is no executor ${quote(String(name))}`,
    });
    return {};
  }
  if (found === 'opaque') return { executor: value };
  const { parameters, description: _, ...rest } = found.definition;
  const bound = bindParameters(mappingOf(parameters), given, [...path, 'executor'], report);
  return mappingOf(substitute(rest, lookupIn(bound, lookup), found.path, report));
}

/** What is required may be written with the statuses that it may have: `build: [success, failed]`. */
function listOf(value: unknown): readonly string[] {
  const items = value === undefined ? [] : [value].flat();
  return items.flatMap((item) => (isMapping(item) ? Object.keys(item) : [String(item)]));
}
