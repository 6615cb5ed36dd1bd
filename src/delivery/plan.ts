import { buildJobName, CHECK_JOB_NAME, deployJobName, PUBLISH_JOB_NAME } from '../spec/job-names.js';
import type { EnvironmentSpec, Spec, Trigger } from '../spec/spec.js';
import type { Delivery, Environment, Flow, FlowEvent, Image, Stage } from './delivery.js';

/** Makes the plan of a delivery from a spec that was read without problems. */
export function planDelivery(spec: Spec): Delivery {
  return {
    install: spec.install,
    orb: spec.orb,
    image: spec.image === undefined ? undefined : planImage(spec.image),
    tests: spec.test,
    checkJob: spec.check ? CHECK_JOB_NAME : undefined,
    component: spec.component,
    environments: spec.environments.map(planEnvironment),
    flows: planFlows(spec),
  };
}

function planImage(image: NonNullable<Spec['image']>): Image {
  const { repository, role, context, dockerfile, path, build, tags, login } = image;
  const { args, secrets, target, cache, machines } = build;
  const builds = image.platforms.map((platform) => ({
    platform,
    job: buildJobName(platform),
    resourceClass: machines[platform]?.resourceClass,
    machineImage: machines[platform]?.image,
  }));
  const how = { builds, args, secrets, target, cache };
  return { repository, role, context, dockerfile, path, ...how, publishJob: PUBLISH_JOB_NAME, pointers: tags, login };
}

function planEnvironment(environment: EnvironmentSpec): Environment {
  const { name, trigger, context, role, kubernetes, migration, approvers, beforeDeploy, afterDeploy } = environment;
  return {
    name,
    job: deployJobName(name),
    context,
    role,
    after: trigger.kind === 'after' ? trigger.environment : undefined,
    target: { kind: 'kubernetes', ...kubernetes },
    migration,
    approvers,
    beforeDeploy,
    afterDeploy,
  };
}

/** One flow per branch and per tag pattern, in the order of the spec, and one for the tests of all other branches. */
function planFlows(spec: Spec): readonly Flow[] {
  const children = childrenOf(spec.environments);
  const roots = new Map<string, { readonly event: Start; readonly stages: Stage[] }>();
  for (const environment of spec.environments) {
    const event = eventOf(environment.trigger);
    if (event === undefined) continue;
    const key = JSON.stringify(event);
    const flow = roots.get(key) ?? { event, stages: [] };
    roots.set(key, flow);
    flow.stages.push(...stagesFrom(environment, [PUBLISH_JOB_NAME], children));
  }
  const flows = [...roots.values()];
  const branches = flows.flatMap(({ event }) => (event.kind === 'branch' ? [event.branch] : []));
  const named = nameFlows(flows);
  if (spec.test.length === 0 && !spec.check) return named;
  return [...named, { name: 'test', event: { kind: 'other-branches', branches }, stages: [] }];
}

/** What starts a flow that builds. */
type Start = Exclude<FlowEvent, { readonly kind: 'other-branches' }>;

function eventOf(trigger: Trigger): Start | undefined {
  switch (trigger.kind) {
    case 'branch':
      return { kind: 'branch', branch: trigger.branch };
    case 'tag':
      return { kind: 'tag', pattern: trigger.pattern };
    case 'after':
      return undefined;
  }
}

type Children = ReadonlyMap<string, readonly EnvironmentSpec[]>;

function childrenOf(environments: readonly EnvironmentSpec[]): Children {
  const children = new Map<string, EnvironmentSpec[]>();
  for (const environment of environments) {
    if (environment.trigger.kind !== 'after') continue;
    const parent = environment.trigger.environment;
    children.set(parent, [...(children.get(parent) ?? []), environment]);
  }
  return children;
}

/** An environment and all that follow it, each before those that follow it. */
function stagesFrom(first: EnvironmentSpec, after: readonly string[], children: Children): readonly Stage[] {
  const stages: Stage[] = [];
  const waiting = [{ environment: first, after }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, approval } = next.environment;
    stages.push({ environment: name, after: next.after, approval });
    const last = next.environment.afterDeploy.map((hook) => hook.name);
    const followers = (children.get(name) ?? []).map((environment) => ({
      environment,
      after: last.length === 0 ? [deployJobName(name)] : last,
    }));
    waiting.unshift(...followers);
  }
  return stages;
}

/** `deliver` where there is one flow; else by branch or tag, with a number where two would be the same. */
function nameFlows(flows: readonly { readonly event: Start; readonly stages: readonly Stage[] }[]): readonly Flow[] {
  const taken = new Set<string>();
  return flows.map((flow) => {
    const wanted = flows.length === 1 ? 'deliver' : `deliver-${slug(flow.event)}`;
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
    taken.add(name);
    return { name, ...flow };
  });
}

function slug(event: Start): string {
  const text = event.kind === 'branch' ? event.branch : `tag-${event.pattern}`;
  const letters = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return letters === '' ? event.kind : letters;
}
