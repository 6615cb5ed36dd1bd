import { parseEcrHost, parseReference } from '../../reference.js';
import { approvalJobName } from '../job-names.js';
import { type Answers, answerFor } from './answers.js';
import type { Facts } from './detect.js';
import type { About } from './draft.js';
import { isProduction, speaksOf, stageOf } from './environments.js';
import type { Migration } from './migrations.js';
import { found, given, guessed, missing, type Value } from './value.js';
import { chooseWorkloads } from './workloads.js';

/** An environment, before it is text. */
export interface DraftEnvironment {
  readonly name: string;
  readonly trigger: { readonly branch: Value } | { readonly after: string };
  readonly approval: string | undefined;
  readonly context: Value;
  readonly role: Value | undefined;
  readonly access: Access;
  readonly namespace: Value;
  /** `deployment/web`; none: missing. */
  readonly workloads: readonly string[];
  readonly migration: Migration | undefined;
}

/** How jobs get at the cluster. */
export type Access = { readonly eks: Value; readonly region: Value } | { readonly kubeconfig: Value };

interface Input {
  readonly facts: Facts;
  readonly answers: Answers;
  readonly about: About;
  readonly repository: Value;
}

/** The environments of an image. */
export function draftEnvironments(input: Input, names: readonly string[]): readonly DraftEnvironment[] {
  const drafted = names.map((name, index) => draftEnvironment(input, name, findBefore(names, index)));
  return drafted.map((one, index) => keepApart(one, drafted.slice(0, index)));
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
  return { ...environment, namespace: missing(why, askNamespace(name)) };
}

function draftEnvironment(input: Input, name: string, before: string | undefined): DraftEnvironment {
  const { facts, answers, about, repository } = input;
  const access = draftAccess(input, name);
  const { workloads, namespace } = chooseWorkloads(facts, name, repository.text, about.name);
  const [tool] = facts.migrations;
  return {
    name,
    trigger: before === undefined ? { branch: draftBranch(facts, answers, name) } : { after: before },
    approval: before !== undefined || isProduction(name) ? approvalJobName(name) : undefined,
    context: draftContext(facts, name, about.application),
    role: 'eks' in access ? draftRole(facts, answers, name) : undefined,
    access,
    namespace: draftNamespace(answers, name, namespace),
    workloads,
    migration: tool,
  };
}

function draftBranch({ git }: Facts, answers: Answers, environment: string): Value {
  if (answers.branch !== undefined) return given(answers.branch);
  const { name, sure, why } = git.branch;
  if (sure) return found(name, { file: '.git/refs/remotes/origin/HEAD' });
  const text = `Branch that is deployed to ${environment} after a merge [${name}]`;
  return { ...guessed(name, why), question: { subject: 'branch', text } };
}

function draftContext({ config }: Facts, name: string, application: string): Value {
  for (const { names, job, line } of config?.contexts ?? []) {
    const named = names.find((one) => speaksOf(one, name));
    const text = named ?? (speaksOf(job, name) && names.length === 1 ? names[0] : undefined);
    if (config !== undefined && text !== undefined) return found(text, { file: config.yaml.file, line });
  }
  return guessed(`${application}-${name}`, 'make this context, and restrict it to who may deploy');
}

function draftRole({ roles }: Facts, answers: Answers, name: string): Value | undefined {
  const own = answers.role.by[name];
  if (own !== undefined) return given(own);
  if (answers.role.all !== undefined) return undefined; // the role of the image goes for the environments too
  const known = roles.find(({ text }) => speaksOf(text.slice(text.indexOf('/')), name));
  if (known !== undefined) return found(known.text, known.at);
  return missing('ARN of the role that deploys; without this line, the role of the image', {
    subject: 'role',
    scope: name,
    text: `ARN of the IAM role that deploys to ${name}, by OIDC`,
  });
}

function draftAccess({ facts: { config }, answers, repository }: Input, name: string): Access {
  const variable = answerFor(answers.kubeconfig, name);
  if (variable !== undefined) return { kubeconfig: given(variable) };
  const cluster = answerFor(answers.eks, name);
  const known = config?.clusters.find((one) => speaksOf(one.job, name) || speaksOf(one.cluster, name));
  const ecr = parseEcrHost(parseReference(repository.text)?.repository.host ?? '');
  if (cluster === undefined && known === undefined && ecr === undefined && repository.origin !== 'missing') {
    const guess = `${name.toUpperCase().replaceAll('-', '_')}_KUBECONFIG`;
    return { kubeconfig: guessed(guess, 'a variable of the context, with the kubeconfig in it') };
  }
  const at = { file: config?.yaml.file ?? '', ...(known === undefined ? {} : { line: known.line }) };
  return {
    eks: draftCluster(cluster, known === undefined ? undefined : found(known.cluster, at), name),
    region: draftRegion(
      answerFor(answers.region, name),
      known?.region === undefined ? undefined : found(known.region, at),
      ecr?.region,
      name,
    ),
  };
}

function draftCluster(answer: string | undefined, known: Value | undefined, environment: string): Value {
  if (answer !== undefined) return given(answer);
  if (known !== undefined) return known;
  return missing('name of the EKS cluster; another cluster: kubeconfig: VARIABLE', {
    subject: 'eks',
    scope: environment,
    text: `Name of the EKS cluster of ${environment}`,
  });
}

function draftRegion(
  answer: string | undefined,
  known: Value | undefined,
  registry: string | undefined,
  environment: string,
): Value {
  if (answer !== undefined) return given(answer);
  if (known !== undefined) return known;
  if (registry !== undefined) return guessed(registry, 'where the registry is');
  return missing('AWS region of the cluster', {
    subject: 'region',
    scope: environment,
    text: `AWS region of the cluster of ${environment}`,
  });
}

function draftNamespace(answers: Answers, name: string, known: ReturnType<typeof chooseWorkloads>['namespace']): Value {
  const own = answerFor(answers.namespace, name);
  if (own !== undefined) return given(own);
  if (known !== undefined) return found(known.name, known.at);
  return missing('Kubernetes namespace of the workloads', askNamespace(name));
}

function askNamespace(environment: string) {
  return { subject: 'namespace', scope: environment, text: `Kubernetes namespace of ${environment}` } as const;
}
