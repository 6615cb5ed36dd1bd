import { printExpression } from '../../expressions/print.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import { unescapeReferences } from './environment.js';
import { jobData } from './job-data.js';
import type { Filters, Invocation, Model, Requirement, Workflow } from './model.js';
import { stepsData } from './steps-data.js';
import { isTemplate, parseTemplate } from './template.js';

/**
 * The compiled config as data, in the form that CircleCI's own compiler gives: `version: 2`, jobs, and workflows that
 * run. What depends on values that are not known, and orbs that are not at hand, stay; then it is a config of version
 * 2.1, and can be compiled again.
 */
export function compiledConfig(model: Model): Mapping {
  const running = model.workflows.filter(({ condition }) => condition?.value !== false);
  const config = mappingOf(model.source.value);
  const invocations = running.flatMap(({ jobs }) => jobs);
  const groups = invocations.filter(({ kind }) => kind === 'job-group');
  const jobs = Object.fromEntries(
    invocations.flatMap(({ name, job }) => (job === undefined ? [] : [[name, jobData(job)]])),
  );
  const workflows = Object.fromEntries(running.map((workflow) => [workflow.name, workflowData(workflow, config)]));
  const left: Mapping = {
    ...section('orbs', orbsLeft(model, JSON.stringify([jobs, workflows]))),
    ...section(
      'executors',
      [...model.kept].map(({ name, value }) => [name, value] as const),
    ),
    ...section(
      'job-groups',
      groups.map(({ name }) => [name, { jobs: entriesOf(invocations, name) }] as const),
    ),
  };
  const setup = config['setup'] === true ? { setup: true } : {};
  // A config of version 2 has nothing that could be left.
  if (Number(config['version']) === 2) return { version: 2, ...setup, jobs, workflows: { ...workflows, version: 2 } };
  const isKnown =
    Object.keys(left).length === 0 &&
    running.every(({ condition }) => condition === undefined || condition.value !== undefined) &&
    invocations.every(({ filters }) => filters?.kind !== 'expression' || filters.value !== undefined) &&
    !hasReferences([jobs, workflows]);
  if (!isKnown) return { version: 2.1, ...setup, ...left, jobs, workflows };
  const plain = unescapeReferences({ jobs, workflows });
  return { version: 2, ...setup, jobs: plain.jobs, workflows: { ...plain.workflows, version: 2 } };
}

function section(key: string, entries: readonly (readonly [string, unknown])[]): Mapping {
  return entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) };
}

/** @param text everything that may name one of them */
function orbsLeft({ aliases }: Model, text: string): readonly (readonly [string, unknown])[] {
  return [...aliases]
    .filter(([, alias]) => text.includes(`"${alias}/`))
    .map(([orb, alias]) => [alias, orb.reference ?? {}]);
}

/** The entries of a workflow, or of a job group by its name. */
function entriesOf(jobs: readonly Invocation[], group: string | undefined): readonly unknown[] {
  return jobs.filter((job) => job.group === group).map(entryOf);
}

function workflowData({ name, condition, jobs }: Workflow, config: Mapping): Mapping {
  const { max_auto_reruns, triggers } = mappingOf(mappingOf(config['workflows'])[name]);
  return {
    ...(condition === undefined || condition.value !== undefined ? {} : { [condition.key]: condition.data }),
    ...(max_auto_reruns === undefined ? {} : { max_auto_reruns }),
    ...(triggers === undefined ? {} : { triggers }),
    jobs: entriesOf(jobs, undefined),
  };
}

function entryOf(invocation: Invocation): unknown {
  const { name, kind, reference, requires, contexts, serialGroup, overrideWith, parameters, aroundOpaque } = invocation;
  const opaque = kind === 'opaque';
  const keys = {
    ...(opaque && name !== reference ? { name } : {}),
    ...(kind === 'approval' ? { type: 'approval' } : {}),
    ...(opaque ? parameters : {}),
    ...(requires.length === 0 ? {} : { requires: requires.map(requirementData) }),
    ...(contexts.length === 0 ? {} : { context: contexts.length === 1 ? contexts[0] : contexts }),
    ...(invocation.filters === undefined ? {} : { filters: filtersData(invocation.filters) }),
    ...(serialGroup === undefined ? {} : { 'serial-group': serialGroup }),
    ...(overrideWith === undefined ? {} : { 'override-with': overrideWith }),
    ...(aroundOpaque?.before.length ? { 'pre-steps': stepsData(aroundOpaque.before) } : {}),
    ...(aroundOpaque?.after.length ? { 'post-steps': stepsData(aroundOpaque.after) } : {}),
  };
  const called = opaque ? reference : name;
  return Object.keys(keys).length === 0 ? called : { [called]: keys };
}

function requirementData({ name, statuses }: Requirement): unknown {
  if (statuses.length === 1) return statuses[0] === 'success' ? name : { [name]: statuses[0] };
  return { [name]: statuses.length === 5 ? 'terminal' : statuses };
}

function filtersData(filters: Filters): unknown {
  if (filters.kind === 'map') return filters.map;
  const { expression, text } = filters;
  return expression.kind === 'value' && typeof expression.value === 'string' ? text : printExpression(expression);
}

/** Whether any text still has a reference. */
function hasReferences(value: unknown): boolean {
  if (typeof value === 'string') {
    if (!isTemplate(value)) return false;
    const template = parseTemplate(value);
    return template.ok && template.value.some(({ kind }) => kind !== 'text');
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(hasReferences);
}
