import type { Delivery, Environment, Flow, FlowEvent, Image, Part } from '../delivery/delivery.js';
import { parseRole, type Role } from './arn.js';
import { groupOf } from './manifests.js';
import { publicRepository, type Repository, repositoryAt } from './repositories.js';
import { standIn } from './unknown.js';

/** That a job may do something in AWS. */
export interface Grant {
  readonly principal: Principal;
  readonly jobs: readonly string[];
  /** The refs whose pipelines have those jobs, as in the subject of a token: `refs/heads/main`, `refs/tags/v*`. */
  readonly refs: readonly string[];
  readonly right: Right;
}

/** Who a job is in AWS. */
export interface Principal {
  /** Of the role; without one, after the job. */
  readonly name: string;
  readonly account: string;
  /** Undefined: a user whose keys the contexts of the job hold. */
  readonly role: Role | undefined;
}

export type Right =
  /** `versions`: the tags are listed, to compare versions. */
  | { readonly kind: 'push'; readonly repository: Repository; readonly versions: boolean }
  /** To read the image, and to put the tag of an environment that has run it. */
  | { readonly kind: 'pass'; readonly repository: Repository }
  /** To see that the image is there. */
  | { readonly kind: 'look'; readonly repository: Repository }
  /** To push to a repository of ECR Public; without layers, only to put the tag of an environment. Anybody reads it. */
  | { readonly kind: 'public'; readonly arn: string; readonly layers: boolean }
  /** To reach the cluster, as one of the group; its nodes pull `image`, where that is in ECR. */
  | {
      readonly kind: 'cluster';
      readonly cluster: string;
      readonly region: string;
      readonly group: string;
      readonly image: Repository | undefined;
    };

/**
 * What the jobs of a delivery may do in AWS, and nothing that they do not need.
 * @param group the Kubernetes group that the jobs are in, in place of one for each environment
 */
export function grantsOf(delivery: Delivery, group: string | undefined): readonly Grant[] {
  return [delivery, ...delivery.services].flatMap((part) => {
    const { image } = part;
    const pushing = image === undefined ? [] : grantsOfImage(image, part);
    return [...pushing, ...part.environments.flatMap((environment) => grantsOfEnvironment(environment, part, group))];
  });
}

function grantsOfImage(image: Image, { flows }: Part): readonly Grant[] {
  const { login, builds, publishJob, pointers } = image;
  if (login.kind !== 'role') return [];
  const jobs = [...builds.map(({ job }) => job), publishJob];
  const refs = refsOf(flows.filter(({ stages }) => stages.length > 0));
  const repository = repositoryAt(image.repository);
  if (repository !== undefined) {
    const right: Right = { kind: 'push', repository, versions: pointers.includes('semver') };
    return [{ principal: principalOf(login.role, publishJob, repository.account), jobs, refs, right }];
  }
  const arn = publicRepository(image.repository, login.role);
  if (arn === undefined) return [];
  const right: Right = { kind: 'public', arn, layers: true };
  return [{ principal: principalOf(login.role, publishJob, standIn('account_id')), jobs, refs, right }];
}

function grantsOfEnvironment(
  environment: Environment,
  { image, flows }: Part,
  group: string | undefined,
): readonly Grant[] {
  const { name, job, login, destination, target, role } = environment;
  const first = image && repositoryAt(image.repository);
  const second = destination && repositoryAt(destination.repository);
  const refs = refsOf(flows.filter(({ stages }) => stages.some((stage) => stage.environment === name)));
  const account =
    target.access.kind === 'eks' ? standIn('account_id') : ((first ?? second)?.account ?? standIn('account_id'));
  const grant = (role: string | undefined, right: Right): Grant => {
    return { principal: principalOf(role, job, account), jobs: [job], refs, right };
  };
  const grants: Grant[] = [];
  if (first !== undefined && login.kind === 'role') {
    grants.push(grant(login.role, { kind: 'pass', repository: first }));
  }
  const arn = image?.login.kind === 'role' ? publicRepository(image.repository, image.login.role) : undefined;
  if (arn !== undefined && login.kind === 'role') {
    grants.push(grant(login.role, { kind: 'public', arn, layers: false }));
  }
  if (destination?.login.kind === 'role') {
    const right = rightAt(destination.repository, destination.login.role, destination.by);
    if (right !== undefined) grants.push(grant(destination.login.role, right));
  }
  if (target.access.kind === 'eks') {
    const { cluster, region } = target.access;
    const pulled = destination === undefined ? first : second;
    grants.push(grant(role, { kind: 'cluster', cluster, region, group: group ?? groupOf(environment), image: pulled }));
  }
  return grants;
}

/** What a promotion may do where it leads; undefined where that is not in ECR. */
function rightAt(name: string, role: string | undefined, by: 'copy' | 'replication'): Right | undefined {
  const arn = publicRepository(name, role);
  if (arn !== undefined) return { kind: 'public', arn, layers: true };
  const repository = repositoryAt(name);
  if (repository === undefined) return undefined;
  return by === 'copy' ? { kind: 'push', repository, versions: false } : { kind: 'look', repository };
}

function principalOf(arn: string | undefined, job: string, account: string): Principal {
  if (arn === undefined) return { name: `circleci-${job}`, account, role: undefined };
  const role = parseRole(arn);
  return { name: role.name, account: role.account, role };
}

function refsOf(flows: readonly Flow[]): readonly string[] {
  return flows.flatMap(({ event }) => refOf(event));
}

function refOf(event: FlowEvent): readonly string[] {
  switch (event.kind) {
    case 'branch':
      return [`refs/heads/${literally(event.branch)}`];
    case 'tag':
      return [`refs/tags/${event.pattern.split('*').map(literally).join('*')}`];
    case 'other-branches':
      return [];
  }
}

/**
 * A text for a condition of IAM, where `$`, `*` and `?` mean something.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
function literally(text: string): string {
  return text.replaceAll(/[$*?]/g, (character) => `\${${character}}`);
}
