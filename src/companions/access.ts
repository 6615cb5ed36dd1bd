import type { Delivery, Environment, FlowEvent, Part } from '../delivery/delivery.js';
import { parseRole, type Role } from './arn.js';
import { groupOf } from './manifests.js';
import { type Repository, repositoryOf } from './repositories.js';
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
  /** To reach the cluster; as whom there, its `group` says. */
  | { readonly kind: 'cluster'; readonly cluster: string; readonly region: string; readonly group: string };

/**
 * What the jobs of a delivery may do in AWS, and nothing that they do not need.
 * @param group the Kubernetes group that the jobs are in, in place of one for each environment
 */
export function grantsOf(delivery: Delivery, group: string | undefined): readonly Grant[] {
  return [delivery, ...delivery.services].flatMap((part) => grantsOfPart(part, group));
}

function grantsOfPart(part: Part, group: string | undefined): readonly Grant[] {
  const { image, environments } = part;
  // A registry with a login of its own is used with that, though it be ECR.
  const repository = image?.login === undefined ? repositoryOf(part) : undefined;
  const grants: Grant[] = [];
  if (image !== undefined && repository !== undefined) {
    grants.push({
      principal: principalOf(image.role, image.publishJob, repository.account),
      jobs: [...image.builds.map(({ job }) => job), image.publishJob],
      refs: refsOf(part, () => true),
      right: { kind: 'push', repository, versions: image.pointers.includes('semver') },
    });
  }
  for (const environment of environments) {
    const rights: readonly Right[] = [
      ...(repository === undefined ? [] : [{ kind: 'pass', repository } as const]),
      ...clusterOf(environment, group),
    ];
    const { role, job, name } = environment;
    const account = rights.some(({ kind }) => kind === 'cluster') ? standIn('account_id') : (repository?.account ?? '');
    const refs = refsOf(part, (stages) => stages.some((stage) => stage.environment === name));
    grants.push(...rights.map((right) => ({ principal: principalOf(role, job, account), jobs: [job], refs, right })));
  }
  return grants;
}

function principalOf(arn: string | undefined, job: string, account: string): Principal {
  if (arn === undefined) return { name: `circleci-${job}`, account, role: undefined };
  const role = parseRole(arn);
  return { name: role.name, account: role.account, role };
}

function clusterOf(environment: Environment, group: string | undefined): readonly Right[] {
  const { access } = environment.target;
  if (access.kind !== 'eks') return [];
  const { cluster, region } = access;
  return [{ kind: 'cluster', cluster, region, group: group ?? groupOf(environment) }];
}

/** The refs of the flows that build and that `has` takes. */
function refsOf({ flows }: Part, has: (stages: Part['flows'][number]['stages']) => boolean): readonly string[] {
  return flows.filter(({ stages }) => stages.length > 0 && has(stages)).flatMap(({ event }) => refOf(event));
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
