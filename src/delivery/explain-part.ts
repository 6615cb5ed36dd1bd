import type { Environment, Flow, Hook, Image, Login, Part, Stage, Test } from './delivery.js';
import { list, section } from './sentences.js';

/**
 * What happens on each event that an image has a flow for.
 * @param checkJob that must pass first, too
 */
export function explainFlows(part: Part, checkJob: string | undefined): readonly string[] {
  return part.flows.map((flow) => explainFlow(flow, part, checkJob));
}

function explainFlow(
  flow: Flow,
  { image, tests, component, environments }: Part,
  checkJob: string | undefined,
): string {
  const lines: string[] = [];
  lines.push(...explainTests(tests, flow.stages.length > 0 ? ' first' : ''));
  if (checkJob !== undefined) {
    lines.push(`${checkJob} must pass${flow.stages.length > 0 ? ' first' : ''}: the config is what the spec says.`);
  }
  if (flow.stages.length === 0) return section(eventOf(flow), [...lines, 'Nothing is built and nothing is deployed.']);
  if (image === undefined) return '';
  lines.push(...explainBuild(image), ...explainPointers(image, flow));
  const told = new Set<string>();
  for (const stage of flow.stages) {
    const environment = environments.find(({ name }) => name === stage.environment);
    if (environment === undefined) continue;
    if (stage.approval !== undefined && !told.has(stage.approval)) {
      told.add(stage.approval);
      lines.push(`The workflow waits at ${stage.approval} until a person approves it in the CircleCI UI.`);
    }
    lines.push(...explainStage(environment, stage));
  }
  if (component !== undefined) {
    lines.push(`Each deployment is a deploy marker of the component ${component}: planned, then updated as it goes.`);
  }
  return section(eventOf(flow), lines);
}

function explainTests(tests: readonly Test[], first: string): readonly string[] {
  const always = tests.filter(({ filters }) => filters === undefined).map(({ job }) => job);
  return [
    ...(always.length === 0 ? [] : [`${list(always)} must pass${first}.`]),
    ...tests.flatMap(({ job, filters }) =>
      filters === undefined
        ? []
        : [`${job} must pass${first} where ${filters}. Elsewhere it is left out, and nothing waits for it.`],
    ),
  ];
}

function explainBuild(image: Image): readonly string[] {
  const jobs = image.builds.map(({ job, platform }) => `${job} (${platform})`);
  const several = image.builds.length > 1;
  const index = several ? 'joins them into one image index and ' : '';
  const how = several
    ? 'build the image, each on a machine of its own platform, and push it by digest'
    : 'builds the image on a machine of that platform and pushes it by digest';
  const gets = several ? 'They get' : 'It gets';
  const secrets =
    image.secrets.length === 0
      ? []
      : [`${gets} ${list(image.secrets)} as BuildKit secrets, which are in no layer and no build argument.`];
  const attested =
    image.attestations.length === 0
      ? []
      : [`BuildKit attests ${list(image.attestations)}, which the index of the image holds.`];
  return [
    `${list(jobs)} ${how}.`,
    ...secrets,
    ...attested,
    `${image.publishJob} ${index}tags it with the commit SHA in ${image.repository}, once. When the commit has an image already, nothing is built.`,
  ];
}

/** What the publish job moves beside the SHA tag, as far as the event has it. */
function explainPointers({ pointers, publishJob }: Image, { event }: Flow): readonly string[] {
  const names = {
    branch: 'the branch',
    'git-tag': 'the git tag',
    semver: 'the SemVer aliases (1.4.2, 1.4 and 1 of v1.4.2)',
  };
  const moved = pointers.filter((pointer) => (pointer === 'branch') === (event.kind === 'branch'));
  if (moved.length === 0) return [];
  const forward = moved.includes('semver') ? ' Aliases move only forward, and not for a pre-release.' : '';
  return [
    `${publishJob} then moves pointers to the image: tags for ${list(moved.map((one) => names[one]))}.${forward} Nothing is deployed by them.`,
  ];
}

/** The jobs of an environment, in the order in which they run. */
function explainStage(environment: Environment, { after, approval }: Stage): readonly string[] {
  const { job, name, beforeDeploy, afterDeploy } = environment;
  const first = approval ?? list(after);
  const before = beforeDeploy.map((hook) => hook.name);
  return [
    ...beforeDeploy.map((hook) => `${hook.name} (the job ${hook.job}) runs after ${first}, and ${job} waits for it.`),
    explainDeploy(environment, before.length > 0 ? list(before) : approval),
    ...afterDeploy.map(
      (hook) => `${hook.name} (the job ${hook.job}) runs after ${job}, and what comes after ${name} waits for it.`,
    ),
  ];
}

const NEWER = { history: 'the commit descends from', 'build-time': 'the image was built later than' } as const;

function explainDeploy(
  { name, job, after, newerBy, rollback, destination, target, migration }: Environment,
  before: string | undefined,
): string {
  const where =
    target.access.kind === 'eks'
      ? `the EKS cluster ${target.access.cluster} (${target.access.region})`
      : `the cluster of the kubeconfig in $${target.access.variable}`;
  const digest =
    after === undefined ? 'looks up the digest of the commit' : `demands that ${after} has passed this very digest`;
  const proof = `${digest}, goes on only if ${NEWER[newerBy]} the one that ${name} runs,`;
  const promote =
    destination === undefined
      ? ''
      : destination.by === 'copy'
        ? ` copies it, byte for byte, to ${destination.repository} where it is not there yet,`
        : ` waits until ECR has replicated it to ${destination.repository}, 30 minutes at most,`;
  const migrate =
    migration === undefined ? '' : ` runs ${JSON.stringify(migration.command)} as a Kubernetes Job with it,`;
  const back =
    rollback === 'none' ? '' : ' (where they do not, it returns all of them to what they ran before and fails)';
  const by = before === undefined ? 'by itself' : `after ${before}`;
  const { manifests, workloads } = target;
  const set =
    manifests === undefined
      ? `sets ${list(workloads)} to it`
      : `applies ${manifests} with it, ${list(workloads)} among it,`;
  return `${job} runs ${by}: it ${proof}${promote}${migrate} ${set} in namespace ${target.namespace} of ${where}, waits until they run it${back}, and marks the digest as passed by ${name}.`;
}

/** Who may click what; empty text where nothing is to be approved. */
export function explainApprovals({ environments, flows }: Part): string {
  const lines = flows.flatMap(({ stages }) =>
    stages.flatMap(({ environment, approval }) => {
      const found = environments.find(({ name }) => name === environment);
      if (approval === undefined || found === undefined) return [];
      const hooks = found.beforeDeploy.map(explainHookRights).join('');
      const note = found.approvers === undefined ? '' : ` Who may, as the spec notes it: ${found.approvers}`;
      if (found.context.length === 0) {
        return [
          `${approval}: anyone who may run the project. ${found.job} has no context, so nothing restricts it; give ${environment} a restricted context.${hooks}${note}`,
        ];
      }
      return [
        `${approval}: anyone may click it, but ${found.job} runs only for those who may use the context ${list(found.context)}. It can be approved for 90 days.${hooks}${note}`,
      ];
    }),
  );
  if (lines.length === 0) return '';
  const late =
    'An approval that is clicked late, when a newer commit runs by then, is refused before anything is changed.';
  return section('Who may approve', [...lines, late]);
}

/** Jobs before the deploy job have contexts of their own, so they may run for others than it. */
function explainHookRights({ name, context }: Hook): string {
  const whom = context.length === 0 ? 'whoever clicks it' : `those who may use the context ${list(context)}`;
  return ` ${name} runs before it, for ${whom}.`;
}

/** What each job holds. */
export function explainCredentials({ image, tests, environments }: Part): string {
  if (image === undefined) return '';
  const jobs = [...image.builds.map(({ job }) => job), image.publishJob];
  return section('Credentials', [
    ...tests.flatMap(({ job, context }) => (context.length === 0 ? [] : [`${job}: ${credentials(context)}.`])),
    `${list(jobs)}: ${credentials(image.context, image.login)}.`,
    ...environments.flatMap(({ job, role, login, destination, context, beforeDeploy, afterDeploy }) => [
      ...beforeDeploy.map((hook) => `${hook.name}: ${credentials(hook.context)}.`),
      `${job}: ${credentials(context, login, destination?.login, { kind: 'role', role })}.`,
      ...afterDeploy.map((hook) => `${hook.name}: ${credentials(hook.context)}.`),
    ]),
  ]);
}

/** What a job holds, each thing once. */
function credentials(context: readonly string[], ...logins: readonly (Login | undefined)[]): string {
  const held = logins.map((login) => (login === undefined ? undefined : explainLogin(login)));
  const parts = [
    ...new Set(held.filter((one) => one !== undefined)),
    ...(context.length === 0 ? [] : [`what the context ${list(context)} holds`]),
  ];
  return parts.length === 0 ? 'nothing but what the machine has' : parts.join(', and ');
}

function explainLogin(login: Login): string | undefined {
  switch (login.kind) {
    case 'role':
      return login.role === undefined ? undefined : `the role ${login.role}, assumed with the job's OIDC token`;
    case 'variables':
      return `the login of the registry in $${login.username} and $${login.password}`;
    case 'workload-identity': {
      const who = login.serviceAccount === undefined ? 'the identity' : `the service account ${login.serviceAccount}`;
      return `${who} that ${login.provider} gives for the job's OIDC token`;
    }
  }
}

function eventOf({ event }: Flow): string {
  switch (event.kind) {
    case 'branch':
      return `A push or a merge to ${event.branch}`;
    case 'tag':
      return `A git tag ${event.pattern}`;
    case 'other-branches':
      return event.branches.length === 0 ? 'A push to any branch' : 'A push to any other branch';
  }
}
