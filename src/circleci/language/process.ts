import { bindParameters, type Lookup, substitute, unescapeReferences } from './parameters.js';
import { type Mapping, mappingOf, type Problem, type Report } from './problem.js';
import { findElement, makeScope, type Scope } from './scope.js';
import { expandSteps } from './steps.js';

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
    options.values?.[name] ?? (name.startsWith('pipeline.') ? `<< ${name} >>` : undefined);
  const jobs: Record<string, Mapping> = {};
  const workflows: Record<string, ProcessedWorkflow> = {};
  for (const [name, raw] of Object.entries(mappingOf(config['workflows']))) {
    const path = ['workflows', name];
    const { when, jobs: listed } = mappingOf(raw);
    const invocations = (Array.isArray(listed) ? listed : []).map((item, index) =>
      invoke(item, scope, pipeline, [...path, 'jobs', index], report, jobs),
    );
    checkGraph(invocations, path, report);
    workflows[name] = { when, jobs: invocations };
  }
  return { processed: { jobs, workflows }, problems };
}

function invoke(
  item: unknown,
  scope: Scope,
  pipeline: Lookup,
  path: readonly (string | number)[],
  report: Report,
  jobs: Record<string, Mapping>,
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
    report({ code: 'unknown-job', path, message: `there is no job "${reference}"` });
    return invocation;
  }
  if (found === 'opaque') {
    jobs[name] = { [reference]: values };
    return invocation;
  }
  const given = Object.fromEntries(Object.entries(values).filter(([key]) => !INVOCATION_KEYS.has(key)));
  const bound = bindParameters(mappingOf(found.definition['parameters']), given, [...path, reference], report);
  const lookup: Lookup = (key) =>
    key.startsWith('parameters.') ? bound[key.slice('parameters.'.length)] : pipeline(key);
  const job = processJob(found.definition, found.scope, scope, lookup, ['jobs', reference], report);
  const before = jobs[name];
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(job)) {
    report({ code: 'same-name', path, message: `two different jobs are named "${name}"` });
  }
  jobs[name] = job;
  return invocation;
}

function processJob(
  definition: Mapping,
  scope: Scope,
  caller: Scope,
  lookup: Lookup,
  path: readonly string[],
  report: Report,
): Mapping {
  const { steps, parameters: _, executor, description: __, ...rest } = definition;
  const machine = executor === undefined ? {} : resolveExecutor(executor, scope, caller, lookup, path, report);
  const whole = {
    ...machine,
    ...mappingOf(substitute(rest, lookup, path, report)),
    steps: expandSteps(steps, scope, lookup, [...path, 'steps'], report),
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
      message: `there is no executor "${String(name)}"`,
    });
    return {};
  }
  if (found === 'opaque') return { executor: value };
  const { parameters, description: _, ...rest } = found.definition;
  const bound = bindParameters(mappingOf(parameters), given, [...path, 'executor'], report);
  const inside: Lookup = (key) =>
    key.startsWith('parameters.') ? bound[key.slice('parameters.'.length)] : lookup(key);
  return mappingOf(substitute(rest, inside, [...path, 'executor'], report));
}

/** Every job that is required is there, names are unique whatever their case, and nothing waits for itself. */
function checkGraph(invocations: readonly ProcessedInvocation[], path: readonly string[], report: Report): void {
  const names = new Map<string, ProcessedInvocation>();
  for (const invocation of invocations) {
    const key = invocation.name.toLowerCase();
    if (names.has(key)) report({ code: 'same-name', path, message: `two jobs are named "${invocation.name}"` });
    names.set(key, invocation);
  }
  const done = new Set<string>();
  const visit = (invocation: ProcessedInvocation, way: readonly string[]): void => {
    if (way.includes(invocation.name)) {
      report({ code: 'cycle', path, message: `jobs wait for each other: ${[...way, invocation.name].join(' -> ')}` });
      return;
    }
    if (done.has(invocation.name)) return;
    done.add(invocation.name);
    for (const required of invocation.requires) {
      const next = names.get(required.toLowerCase());
      if (next === undefined)
        report({
          code: 'unknown-requires',
          path,
          message: `"${invocation.name}" requires "${required}", which is not in the workflow`,
        });
      else visit(next, [...way, invocation.name]);
    }
  };
  for (const invocation of invocations) visit(invocation, []);
}

function listOf(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}
