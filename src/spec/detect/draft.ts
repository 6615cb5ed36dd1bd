import { parseEcrHost, parseReference } from '../../reference.js';
import { approvalJobName, jobNames } from '../job-names.js';
import { type Answers, answerFor, type Subject } from './answers.js';
import { chooseRepository } from './choose-repository.js';
import type { Facts } from './detect.js';
import { environmentIn, isProduction, orderEnvironments, speaksOf, stageOf } from './environments.js';
import type { Migration } from './migrations.js';
import type { Place } from './repository.js';
import { chooseWorkloads } from './workloads.js';

/** A value of the spec, and where it is from. */
export interface Value {
  /** Empty when it is missing. */
  readonly text: string;
  readonly origin: 'given' | 'found' | 'guessed' | 'missing';
  /** For a guess: why. For a missing one: what it is. */
  readonly why: string;
  readonly at?: Place;
  /** What would be asked on a terminal. */
  readonly question?: Question;
}

export interface Question {
  readonly subject: Subject;
  /** The environment that it is about. */
  readonly environment?: string;
  readonly text: string;
}

/** A spec before it is text. */
export interface Draft {
  readonly application: string;
  readonly image: DraftImage | undefined;
  readonly tests: readonly string[];
  readonly environments: readonly DraftEnvironment[];
  /** Set when the environments were not found but are the usual ones. */
  readonly environmentsGuessed: Question | undefined;
}

export interface DraftImage {
  readonly repository: Value;
  readonly role: Value | undefined;
  readonly context: Value | undefined;
  readonly platforms: { readonly names: readonly string[]; readonly comment: string | undefined };
  readonly dockerfile: string;
  readonly path: string;
}

export interface DraftEnvironment {
  readonly name: string;
  readonly trigger: { readonly branch: Value } | { readonly after: string };
  readonly approval: string | undefined;
  readonly context: Value;
  readonly role: Value | undefined;
  readonly access: { readonly eks: Value; readonly region: Value } | { readonly kubeconfig: Value };
  readonly namespace: Value;
  /** `deployment/web`; none: missing. */
  readonly workloads: readonly string[];
  readonly migration: Migration | undefined;
}

/** Makes a spec of what was found and of what was answered. */
export function makeDraft(facts: Facts, answers: Answers): Draft {
  const [dockerfile] = facts.dockerfiles;
  const application = nameApplication(facts);
  const tests = (facts.config?.jobs ?? []).filter(({ test }) => test).map(({ name }) => name);
  if (dockerfile === undefined) {
    return { application, image: undefined, tests, environments: [], environmentsGuessed: undefined };
  }
  const repository = draftRepository(facts, answers, application);
  const ecr = parseEcrHost(parseReference(repository.text)?.repository.host ?? '');
  const names = nameEnvironments(facts, answers);
  const drafted = names.list.map((name, index) =>
    draftEnvironment({ name, before: findBefore(names.list, index), application, repository, facts, answers }),
  );
  const architectures = [...new Set(facts.manifests.deployments.flatMap(({ architecture }) => architecture ?? []))];
  const environments = drafted.map((one, index) => keepApart(one, drafted.slice(0, index)));
  const draft: Draft = {
    application,
    image: {
      repository,
      role: draftImageRole(facts, answers, repository, ecr !== undefined),
      context:
        repository.origin === 'missing' || ecr !== undefined ? undefined : draftRegistryContext(facts, application),
      platforms: draftPlatforms(dockerfile.platforms, architectures),
      dockerfile: dockerfile.path,
      path: dockerfile.context,
    },
    tests,
    environments,
    environmentsGuessed: names.question,
  };
  // A job that has to give way to a generated one of its name cannot be named as a test.
  const generated = generatedJobNames(draft);
  return { ...draft, tests: tests.filter((name) => !generated.includes(name.toLowerCase())) };
}

/** The environment that one comes after; those that are as far along, `production-eu` and `production-us`, share theirs. */
function findBefore(names: readonly string[], index: number): string | undefined {
  const stage = stageOf(names[index] ?? '');
  return names.slice(0, index).findLast((name) => stage < 0 || stageOf(name) !== stage);
}

/** Two environments cannot be one namespace of one cluster: where that is what was found, the second is to be filled in. */
function keepApart(environment: DraftEnvironment, before: readonly DraftEnvironment[]): DraftEnvironment {
  const target = ({ access, namespace }: DraftEnvironment) =>
    JSON.stringify([Object.entries(access).map(([key, { text }]) => [key, text]), namespace.text]);
  const { name, namespace } = environment;
  const twin = before.find((one) => target(one) === target(environment));
  if (twin === undefined || namespace.origin !== 'found') return environment;
  const why = `another namespace than ${twin.name}, or the same one in another cluster`;
  return {
    ...environment,
    namespace: missing(why, { subject: 'namespace', environment: name, text: `Kubernetes namespace of ${name}` }),
  };
}

/** Names of jobs that gen-config makes for a draft, in lower case: no job of the base may have one. */
export function generatedJobNames({ image, environments }: Draft): readonly string[] {
  if (image === undefined) return [];
  const names = jobNames(undefined);
  const builds = image.platforms.names.map(names.build);
  const ofEnvironments = environments.flatMap(({ name, approval }) => [
    names.deploy(name),
    ...(approval === undefined ? [] : [approval]),
  ]);
  return [names.publish, ...builds, ...ofEnvironments].map((name) => name.toLowerCase());
}

/** What the values of a draft are missing or guessed enough to be asked for, in the order of the spec. */
export function questionsOf({ image, environments, environmentsGuessed }: Draft): readonly Question[] {
  const values = [
    image?.repository,
    image?.role,
    ...environments.flatMap(({ trigger, role, access, namespace }) => [
      'branch' in trigger ? trigger.branch : undefined,
      role,
      ...('eks' in access ? [access.eks, access.region] : [access.kubeconfig]),
      namespace,
    ]),
  ];
  const asked = values.flatMap((value) => (value?.question === undefined ? [] : [value.question]));
  const first = asked.filter(({ subject }) => subject === 'repository');
  const rest = asked.filter(({ subject }) => subject !== 'repository');
  return [...first, ...(environmentsGuessed === undefined ? [] : [environmentsGuessed]), ...rest];
}

/** A name for contexts: of the service, the remote or the folder. */
function nameApplication({ dockerfiles, git, repository }: Facts): string {
  const service = /(?:^|\/)(?:services|apps|packages)\/([^/]+)\//.exec(dockerfiles[0]?.path ?? '')?.[1];
  const name = service ?? git.remote?.name.split('/').at(-1) ?? repository.folder;
  const clean = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return clean === '' ? 'app' : clean;
}

function draftRepository(facts: Facts, answers: Answers, application: string): Value {
  if (answers.repository !== undefined) return given(answers.repository);
  const chosen = chooseRepository(facts, application);
  if (chosen !== undefined) return { text: chosen.text, origin: 'found', why: '', at: chosen.at };
  const text = 'Image repository, HOST/PATH without a tag';
  return missing('the repository that the image is pushed to: HOST/PATH, no tag', { subject: 'repository', text });
}

function draftImageRole({ roles }: Facts, answers: Answers, repository: Value, ecr: boolean): Value | undefined {
  if (answers.role.all !== undefined) return given(answers.role.all);
  if (!ecr && repository.origin !== 'missing') return undefined;
  const found = roles.find(({ text }) => environmentIn(text.slice(text.indexOf('/'))) === undefined);
  if (found !== undefined) return { text: found.text, origin: 'found', why: '', at: found.at };
  const text = 'ARN of the IAM role that pushes the image, by OIDC';
  return missing("ARN of the role that pushes, assumed with CircleCI's OIDC token", { subject: 'role', text });
}

function draftRegistryContext({ config }: Facts, application: string): Value {
  const found = config?.contexts.find(({ job }) => /build|push|publish|docker|image/i.test(job));
  const [name] = found?.names ?? [];
  if (found !== undefined && name !== undefined)
    return { text: name, origin: 'found', why: '', at: foundAt(config, found.line) };
  return guessed(`${application}-registry`, 'a context that lets a job push');
}

function draftPlatforms(
  platforms: { readonly names: readonly string[]; readonly why: string; readonly guess: boolean },
  architectures: readonly string[],
): DraftImage['platforms'] {
  const [only] = architectures;
  if (architectures.length === 1 && (only === 'amd64' || only === 'arm64')) {
    return { names: [`linux/${only}`], comment: 'what the node selectors ask for' };
  }
  const arm64 = platforms.names.includes('linux/arm64') && platforms.guess;
  return { names: platforms.names, comment: arm64 ? `arm64 is a guess: ${platforms.why}` : undefined };
}

function nameEnvironments(
  facts: Facts,
  answers: Answers,
): { readonly list: readonly string[]; readonly question: Question | undefined } {
  if (answers.environments !== undefined) return { list: answers.environments, question: undefined };
  const { manifests, charts, config } = facts;
  const inFiles = [
    ...manifests.overlays.map(({ environment }) => environment),
    ...manifests.deployments.flatMap(({ environment }) => environment ?? []),
    ...charts.flatMap(({ environments }) => environments.map(({ name }) => name)),
  ];
  const inContexts = (config?.contexts ?? [])
    .filter(({ job }) => /deploy|release|ship|rollout/i.test(job))
    .flatMap(({ job, names }) => environmentIn(job) ?? environmentIn(names.join(' ')) ?? []);
  for (const found of [inFiles, inContexts]) {
    const list = orderEnvironments(found.filter((name) => /^[a-z][a-z0-9_-]{0,39}$/.test(name)));
    if (list.length > 0) return { list, question: undefined };
  }
  const text = 'Environments, in the order of a delivery [staging,production]';
  return { list: ['staging', 'production'], question: { subject: 'environments', text } };
}

interface EnvironmentInput {
  readonly name: string;
  readonly before: string | undefined;
  readonly application: string;
  readonly repository: Value;
  readonly facts: Facts;
  readonly answers: Answers;
}

function draftEnvironment(input: EnvironmentInput): DraftEnvironment {
  const { name, before, facts, answers, application } = input;
  const access = draftAccess(input);
  const { workloads, namespace } = chooseWorkloads(facts, name, input.repository.text, application);
  const [tool] = facts.migrations;
  return {
    name,
    trigger: before === undefined ? { branch: draftBranch(facts, answers, name) } : { after: before },
    approval: before !== undefined || isProduction(name) ? approvalJobName(name) : undefined,
    context: draftContext(facts, name, application),
    role: 'eks' in access ? draftRole(facts, answers, name) : undefined,
    access,
    namespace: draftNamespace(answers, name, namespace),
    workloads: workloads.map((workload) => `deployment/${workload}`),
    migration: tool,
  };
}

function draftBranch({ git }: Facts, answers: Answers, environment: string): Value {
  if (answers.branch !== undefined) return given(answers.branch);
  const { name, sure, why } = git.branch;
  if (sure) return { text: name, origin: 'found', why: '', at: { file: '.git/refs/remotes/origin/HEAD' } };
  const text = `Branch that is deployed to ${environment} after a merge [${name}]`;
  return { ...guessed(name, why), question: { subject: 'branch', text } };
}

function draftContext({ config }: Facts, name: string, application: string): Value {
  const found = config?.contexts
    .map(({ names, job, line }) => {
      const named = names.filter((one) => speaksOf(one, name));
      const own = speaksOf(job, name) && names.length === 1 ? names : [];
      return { text: named[0] ?? own[0], line };
    })
    .find(({ text }) => text !== undefined);
  if (found?.text !== undefined) return { text: found.text, origin: 'found', why: '', at: foundAt(config, found.line) };
  return guessed(`${application}-${name}`, 'make this context, and restrict it to who may deploy');
}

function draftRole({ roles }: Facts, answers: Answers, name: string): Value | undefined {
  const own = answers.role.by[name];
  if (own !== undefined) return given(own);
  if (answers.role.all !== undefined) return undefined; // the role of the image goes for the environments too
  const found = roles.find(({ text }) => speaksOf(text.slice(text.indexOf('/')), name));
  if (found !== undefined) return { text: found.text, origin: 'found', why: '', at: found.at };
  const text = `ARN of the IAM role that deploys to ${name}, by OIDC`;
  return missing('ARN of the role that deploys; without this line, the role of the image', {
    subject: 'role',
    environment: name,
    text,
  });
}

function draftAccess({ name, repository, facts, answers }: EnvironmentInput): DraftEnvironment['access'] {
  const variable = answerFor(answers.kubeconfig, name);
  if (variable !== undefined) return { kubeconfig: given(variable) };
  const cluster = answerFor(answers.eks, name);
  const found = facts.config?.clusters.find((one) => speaksOf(one.job, name) || speaksOf(one.cluster, name));
  const ecr = parseEcrHost(parseReference(repository.text)?.repository.host ?? '');
  if (cluster === undefined && found === undefined && ecr === undefined && repository.origin !== 'missing') {
    const guess = `${name.toUpperCase().replaceAll('-', '_')}_KUBECONFIG`;
    return { kubeconfig: guessed(guess, 'a variable of the context, with the kubeconfig in it') };
  }
  const at = found === undefined ? undefined : foundAt(facts.config, found.line);
  const region = answerFor(answers.region, name);
  return {
    eks:
      cluster !== undefined
        ? given(cluster)
        : found !== undefined && at !== undefined
          ? { text: found.cluster, origin: 'found', why: '', at }
          : missing('name of the EKS cluster; another cluster: kubeconfig: VARIABLE', {
              subject: 'eks',
              environment: name,
              text: `Name of the EKS cluster of ${name}`,
            }),
    region:
      region !== undefined
        ? given(region)
        : found?.region !== undefined && at !== undefined
          ? { text: found.region, origin: 'found', why: '', at }
          : ecr !== undefined
            ? guessed(ecr.region, 'where the registry is')
            : missing('AWS region of the cluster', {
                subject: 'region',
                environment: name,
                text: `AWS region of the cluster of ${name}`,
              }),
  };
}

function draftNamespace(answers: Answers, name: string, found: ReturnType<typeof chooseWorkloads>['namespace']): Value {
  const own = answerFor(answers.namespace, name);
  if (own !== undefined) return given(own);
  if (found !== undefined) return { text: found.name, origin: 'found', why: '', at: found.at };
  return missing('Kubernetes namespace of the workloads', {
    subject: 'namespace',
    environment: name,
    text: `Kubernetes namespace of ${name}`,
  });
}

function foundAt(config: Facts['config'], line: number): Place {
  return { file: config?.yaml.file ?? '', line };
}

function given(text: string): Value {
  return { text, origin: 'given', why: '' };
}

function guessed(text: string, why: string): Value {
  return { text, origin: 'guessed', why };
}

function missing(why: string, question: Question): Value {
  return { text: '', origin: 'missing', why, question };
}
