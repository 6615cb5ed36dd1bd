import type { Grant, Principal, Right } from './access.js';
import { partitionOf } from './arn.js';
import type { Repository } from './repositories.js';
import { standIn } from './unknown.js';

/**
 * Policies of IAM.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Effect: 'Allow';
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const policy = (...statements: readonly Statement[]): Policy => ({ Version: '2012-10-17', Statement: statements });

/** To read an image: manifests and layers. */
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH = [
  ...PULL,
  'ecr:PutImage',
  'ecr:BatchCheckLayerAvailability',
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
];

/** And to put a tag on an image that is there; no layer can be pushed with it. To say why one is gone, too. */
const PASS = [...PULL, 'ecr:PutImage', 'ecr:DescribeImages', 'ecr:GetLifecyclePolicy'];

const PUBLIC_PUSH = [
  'ecr-public:BatchCheckLayerAvailability',
  'ecr-public:CompleteLayerUpload',
  'ecr-public:InitiateLayerUpload',
  'ecr-public:PutImage',
  'ecr-public:UploadLayerPart',
];

/** Host and path of CircleCI's OIDC provider, as IAM names it. */
export const OIDC_PROVIDER = `oidc.circleci.com/org/${standIn('organization_id')}`;

/** The ID of a user in CircleCI: a UUID, with nothing in it that could be read as another part of the subject. */
const ANY_USER = [8, 4, 4, 4, 12].map((length) => '?'.repeat(length)).join('-');

/**
 * Who may assume the role: jobs of the project, in pipelines of the refs. The user is as many characters as a UUID has,
 * and not "*": that would also match a branch whose own name ends with `/vcs-ref/refs/heads/main`.
 * @see https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
 */
export function trustPolicy(
  role: { readonly partition: string; readonly account: string },
  refs: readonly string[],
): Policy {
  const organization = standIn('organization_id');
  const project = standIn('project_id');
  const start = `org/${organization}/project/${project}/user/${ANY_USER}/vcs-origin/${standIn('vcs_origin')}/vcs-ref/`;
  return policy({
    Effect: 'Allow',
    Principal: { Federated: `arn:${role.partition}:iam::${role.account}:oidc-provider/${OIDC_PROVIDER}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${OIDC_PROVIDER}:aud`]: organization,
        // The subject names the project, too. STS knows this key since 2026, not in every partition.
        ...(role.partition === 'aws' ? { [`${OIDC_PROVIDER}:oidc.circleci.com/project-id`]: project } : {}),
      },
      StringLike: { [`${OIDC_PROVIDER}:sub`]: one(refs.map((ref) => `${start}${ref}`)) },
    },
  });
}

/** What one principal may do. */
export function permissionPolicy(account: string, rights: readonly Right[]): Policy {
  const login: Statement = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };
  const publicLogin: Statement = {
    Effect: 'Allow',
    Action: ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
    Resource: '*',
  };
  const logsIn = rights.some(({ kind }) => kind !== 'cluster' && kind !== 'public');
  const logsInPublic = rights.some(({ kind }) => kind === 'public');
  const resources = new Map<string, readonly string[]>();
  for (const right of rights) {
    const resource = arnOf(right, account);
    resources.set(resource, [...(resources.get(resource) ?? []), ...actionsOf(right)]);
  }
  const statements = [...resources].map(([resource, actions]): Statement => {
    return { Effect: 'Allow', Action: one(actions.toSorted()), Resource: resource };
  });
  return policy(...(logsIn ? [login] : []), ...(logsInPublic ? [publicLogin] : []), ...statements);
}

function arnOf(right: Right, account: string): string {
  if (right.kind === 'public') return right.arn;
  if (right.kind !== 'cluster') return right.repository.arn;
  const { cluster, region } = right;
  return `arn:${partitionOf(region)}:eks:${region}:${account}:cluster/${cluster}`;
}

function actionsOf(right: Right): readonly string[] {
  switch (right.kind) {
    case 'push':
      return right.versions ? [...PUSH, 'ecr:ListImages'] : PUSH;
    case 'pass':
      return PASS;
    case 'look':
      return ['ecr:BatchGetImage'];
    case 'public':
      return right.layers ? PUBLIC_PUSH : ['ecr-public:PutImage'];
    case 'cluster':
      return ['eks:DescribeCluster'];
  }
}

/**
 * What the roles and clusters of other accounts may do with a repository; undefined where there are none. The
 * whole account is named and its roles are a condition, so that the policy can be put before the roles are there.
 */
export function repositoryPolicy(repository: Repository, grants: readonly Grant[]): Policy | undefined {
  const others = grants.filter(
    ({ principal }) => principal.role !== undefined && principal.account !== repository.account,
  );
  const statements = others.flatMap(({ principal, right }): readonly Statement[] => {
    if (right.kind === 'cluster') {
      // The cluster's nodes pull the image, as roles that only its administrator knows.
      const pulls = right.image?.arn === repository.arn;
      return pulls ? [{ Effect: 'Allow', Principal: rootOf(principal), Action: PULL }] : [];
    }
    if (right.kind === 'public' || right.repository.arn !== repository.arn || principal.role === undefined) return [];
    const condition = { ArnEquals: { 'aws:PrincipalArn': principal.role.arn } };
    return [
      { Effect: 'Allow', Principal: rootOf(principal), Action: one(actionsOf(right).toSorted()), Condition: condition },
    ];
  });
  return statements.length === 0 ? undefined : policy(...unique(statements));
}

function rootOf({ role, account }: Principal): Readonly<Record<string, string>> {
  return { AWS: `arn:${role?.partition ?? 'aws'}:iam::${account}:root` };
}

/** One text as it is, several as a list. */
function one(texts: readonly string[]): string | readonly string[] {
  const [first, ...rest] = [...new Set(texts)];
  return first === undefined || rest.length > 0 ? [...new Set(texts)] : first;
}

function unique(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}
