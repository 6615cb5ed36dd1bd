import type { Environment, Flow, FlowEvent, Hook, Part, Stage, Test } from '../../delivery/delivery.js';
import type { Plain } from '../plain.js';
import { type Invocation, makeWorkflow } from '../sdk.js';
import { conditionOf as conditionOfService } from './parameters.js';
import { describeWay } from './way.js';

/** A workflow with the comment that stands above it. */
export interface CommentedWorkflow {
  readonly name: string;
  readonly comment: string;
  readonly workflow: Plain;
}

/**
 * One workflow per flow of an image.
 * @param service that it is of; undefined: it is the repository's one
 * @param checkJob that must pass first, too
 */
export function makeWorkflows(
  part: Part,
  { service, checkJob }: { readonly service: string | undefined; readonly checkJob: string | undefined },
): readonly CommentedWorkflow[] {
  const check = checkJob === undefined ? [] : [{ job: checkJob, filters: undefined, context: [] }];
  const first = [...check, ...part.tests];
  return part.flows.map((flow) => ({
    name: flow.name,
    comment: `${service === undefined ? '' : `${service}: `}${commentOn(flow, part)}`,
    workflow: makeWorkflow(
      flow.name,
      whenOf(flow.event, service, first),
      invocationsOf(flow, part, { service, first }),
    ),
  }));
}

function invocationsOf(
  flow: Flow,
  { image, environments }: Part,
  { service, first }: { readonly service: string | undefined; readonly first: readonly Test[] },
): readonly Invocation[] {
  // CircleCI runs a job for a git tag only when the job itself has a filter that lets the tag through.
  const filters = flow.event.kind === 'tag' ? { filters: conditionOf(flow.event) } : {};
  const invocations: Invocation[] = first.map((test) => invokeTest(test, filters.filters));
  if (flow.stages.length === 0 || image === undefined) return invocations;
  const requires = first.map(({ job }) => job);
  for (const { job } of image.builds) {
    invocations.push({ name: job, kind: 'job', context: image.context, requires, ...filters });
  }
  const builds = image.builds.map(({ job }) => job);
  invocations.push({ name: image.publishJob, kind: 'job', context: image.context, requires: builds, ...filters });
  const approved = new Set<string>();
  for (const stage of flow.stages) {
    if (stage.approval !== undefined && !approved.has(stage.approval)) {
      approved.add(stage.approval);
      invocations.push({ name: stage.approval, kind: 'approval', requires: stage.after, ...filters });
    }
    const environment = environments.find(({ name }) => name === stage.environment);
    if (environment === undefined) continue;
    const jobs = invokeEnvironment(stage, environment, service);
    invocations.push(...jobs.map((invocation) => ({ ...invocation, ...filters })));
  }
  return invocations;
}

/** Filters of its own are added to those that all jobs of the flow have. */
function invokeTest({ job, filters, context }: Test, flow: string | undefined): Invocation {
  const all = flow !== undefined && filters !== undefined ? `${flow} and (${filters})` : (filters ?? flow);
  return { name: job, kind: 'job', context, ...(all === undefined ? {} : { filters: all }) };
}

/** The deploy job with what runs around it. All of it comes after the approval, so nothing gets round that. */
function invokeEnvironment(stage: Stage, environment: Environment, service: string | undefined): readonly Invocation[] {
  const { job, beforeDeploy, afterDeploy } = environment;
  const start = stage.approval === undefined ? stage.after : [stage.approval];
  const before = beforeDeploy.map((hook) => hook.name);
  return [
    ...beforeDeploy.map((hook) => invokeHook(hook, start)),
    invokeDeploy(environment, before.length === 0 ? start : before, service),
    ...afterDeploy.map((hook) => invokeHook(hook, [job])),
  ];
}

/** A job of the base gets the contexts that the spec gives it, and none of the environment's: those may deploy. */
function invokeHook({ job, name, context }: Hook, requires: readonly string[]): Invocation {
  return { name, kind: 'job', job, context, requires };
}

function invokeDeploy(
  { name, job, context }: Environment,
  requires: readonly string[],
  service: string | undefined,
): Invocation {
  return {
    name: job,
    kind: 'job',
    context,
    requires,
    // The lock is of the whole organization, so the project is part of its name.
    serialGroup: `<< pipeline.project.slug >>/${service === undefined ? '' : `${service}/`}${name}`,
  };
}

/** The `when` of a workflow; none where every push runs it. */
function whenOf(event: FlowEvent, service: string | undefined, first: readonly Test[]): string | undefined {
  const changed = service === undefined ? [] : [conditionOfService(service)];
  // A job without filters does not run for a git tag, but one whose filters are true does.
  const others = event.kind === 'other-branches';
  const branches = others && first.some(({ filters }) => filters !== undefined) ? ['pipeline.git.branch != ""'] : [];
  const every = others && event.branches.length === 0;
  const conditions = [...changed, ...branches, ...(every ? [] : [conditionOf(event)])];
  return conditions.length === 0 ? undefined : conditions.join(' and ');
}

/** When a flow runs, as an expression of the configuration reference ("Using expressions"). */
function conditionOf(event: FlowEvent): string {
  switch (event.kind) {
    case 'branch':
      return `pipeline.git.branch == ${quote(event.branch)}`;
    case 'tag':
      return tagCondition(event);
    case 'other-branches': {
      const named = event.branches.map((branch) => `pipeline.git.branch == ${quote(branch)}`);
      return `not (${named.join(' or ')})`;
    }
  }
}

/** That a git tag of a pattern was pushed. */
export function tagCondition(event: { readonly pattern: string }): string {
  return `pipeline.git.tag matches /^${pattern(event.pattern)}$/`;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * A regular expression for a pattern in which `*` stands for any text. By itself it stands for any tag: what is not empty,
 * since the tag of a branch's pipeline is.
 */
function pattern(glob: string): string {
  if (/^\*+$/.test(glob)) return '.+';
  return glob
    .split(/\*+/)
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}/]/g, '\\$&'))
    .join('.*');
}

function commentOn({ event, stages }: Flow, { environments }: Part): string {
  const way = describeWay(stages, environments);
  switch (event.kind) {
    case 'branch':
      return `A push to ${event.branch}: build once -> ${way}`;
    case 'tag':
      return `A git tag ${event.pattern}: build once -> ${way}`;
    case 'other-branches':
      return event.branches.length === 0
        ? 'A push to any branch: tests alone.'
        : 'A push to any other branch: tests alone.';
  }
}
