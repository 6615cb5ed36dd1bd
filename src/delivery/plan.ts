import { CHECK_JOB_NAME, type JobNames, jobNames } from '../spec/job-names.js';
import type { EnvironmentImageSpec, EnvironmentSpec, ImageSpec, PartSpec, Spec, Trigger } from '../spec/spec.js';
import type { Delivery, Destination, Environment, Flow, FlowEvent, Image, Login, Part, Stage } from './delivery.js';

/** Makes the plan of a delivery from a spec that was read without problems. */
export function planDelivery(spec: Spec): Delivery {
  const { install, orb, check, services } = spec;
  // Names of workflows, which no two may share.
  const taken = new Set<string>();
  return {
    install,
    orb,
    checkJob: check ? CHECK_JOB_NAME : undefined,
    ...planPart(spec, { service: undefined, check: check && services.length === 0, taken }),
    services: services.map((service) => ({
      name: service.name,
      paths: service.paths,
      ...planPart(service, { service: service.name, check: false, taken }),
    })),
  };
}

/** What a part of a plan needs to know beside its spec. */
interface Surroundings {
  readonly service: string | undefined;
  /** Whether the config is checked in each of its flows. */
  readonly check: boolean;
  /** Names of workflows that there are; gets more. */
  readonly taken: Set<string>;
}

function planPart(spec: PartSpec, surroundings: Surroundings): Part {
  const names = jobNames(surroundings.service);
  return {
    image: spec.image === undefined ? undefined : planImage(spec.image, names),
    tests: spec.test,
    component: spec.component,
    environments: spec.environments.map((environment) => planEnvironment(environment, spec.image, names)),
    flows: planFlows(spec, names, surroundings),
  };
}

function planImage(image: ImageSpec, names: JobNames): Image {
  const { repository, context, dockerfile, path, build, tags } = image;
  const login = planLogin(image, image.role);
  const { args, secrets, target, cache, attestations, machines } = build;
  const builds = image.platforms.map((platform) => ({
    platform,
    job: names.build(platform),
    resourceClass: machines[platform]?.resourceClass,
    machineImage: machines[platform]?.image,
  }));
  const how = { builds, args, secrets, target, cache, attestations };
  return { repository, context, dockerfile, path, ...how, publishJob: names.publish, pointers: tags, login };
}

/** The login that a spec names, which is one at most; else by a role. */
function planLogin(named: Pick<ImageSpec, 'login' | 'workloadIdentity'>, role: string | undefined): Login {
  const { login, workloadIdentity } = named;
  if (login !== undefined) return { kind: 'variables', ...login };
  return workloadIdentity === undefined ? { kind: 'role', role } : { kind: 'workload-identity', ...workloadIdentity };
}

function planEnvironment(environment: EnvironmentSpec, image: ImageSpec | undefined, names: JobNames): Environment {
  const {
    name,
    trigger,
    context,
    role,
    kubernetes,
    migration,
    approvers,
    newerBy,
    rollback,
    beforeDeploy,
    afterDeploy,
  } = environment;
  const named = { login: image?.login, workloadIdentity: image?.workloadIdentity };
  const own = environment.workloadIdentity;
  const login = planLogin(own === undefined ? named : { login: undefined, workloadIdentity: own }, role);
  return {
    name,
    job: names.deploy(name),
    context,
    role,
    login,
    destination: environment.image === undefined ? undefined : planDestination(environment.image, role, login, image),
    after: trigger.kind === 'after' ? trigger.environment : undefined,
    target: { kind: 'kubernetes', ...kubernetes },
    migration,
    approvers,
    newerBy,
    rollback,
    beforeDeploy,
    afterDeploy,
  };
}

/** Without a login of its own: as the job logs in to the same registry anyway, else by the role of the environment. */
function planDestination(
  { repository, by, ...named }: EnvironmentImageSpec,
  role: string | undefined,
  login: Login,
  image: ImageSpec | undefined,
): Destination {
  const host = (name: string | undefined) => name?.slice(0, name.indexOf('/'));
  const own = planLogin(named, named.role ?? role);
  const given = named.role !== undefined || own.kind !== 'role';
  return { repository, by, login: !given && host(repository) === host(image?.repository) ? login : own };
}

/** One flow per branch and per tag pattern, in the order of the spec, and one for the tests of all other branches. */
function planFlows(spec: PartSpec, names: JobNames, { service, check, taken }: Surroundings): readonly Flow[] {
  const children = childrenOf(spec.environments);
  const roots = new Map<string, { readonly event: Start; readonly stages: Stage[] }>();
  for (const environment of spec.environments) {
    const event = eventOf(environment.trigger);
    if (event === undefined) continue;
    const key = JSON.stringify(event);
    const flow = roots.get(key) ?? { event, stages: [] };
    roots.set(key, flow);
    flow.stages.push(...stagesFrom(environment, names, children));
  }
  const flows = [...roots.values()];
  const branches = flows.flatMap(({ event }) => (event.kind === 'branch' ? [event.branch] : []));
  const nameOf = (wanted: string) => takeName(service === undefined ? wanted : `${service}-${wanted}`, taken);
  const named = flows.map((flow) => {
    return { name: nameOf(flows.length === 1 ? 'deliver' : `deliver-${slug(flow.event)}`), ...flow };
  });
  if (spec.test.length === 0 && !check) return named;
  return [...named, { name: nameOf('test'), event: { kind: 'other-branches', branches }, stages: [] }];
}

/** The name, with a number behind it where it is taken; it is taken then. */
function takeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
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
function stagesFrom(first: EnvironmentSpec, names: JobNames, children: Children): readonly Stage[] {
  const stages: Stage[] = [];
  const waiting: { readonly environment: EnvironmentSpec; readonly after: readonly string[] }[] = [
    { environment: first, after: [names.publish] },
  ];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, approval } = next.environment;
    stages.push({ environment: name, after: next.after, approval });
    const last = next.environment.afterDeploy.map((hook) => hook.name);
    const followers = (children.get(name) ?? []).map((environment) => ({
      environment,
      after: last.length === 0 ? [names.deploy(name)] : last,
    }));
    waiting.unshift(...followers);
  }
  return stages;
}

/** A branch or a tag as part of a name. */
function slug(event: Start): string {
  const text = event.kind === 'branch' ? event.branch : `tag-${event.pattern}`;
  const letters = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return letters === '' ? event.kind : letters;
}
