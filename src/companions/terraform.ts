import type { AccessEntry, Account, Member, OpenRepository } from './accounts.js';
import type { CompanionFile } from './companions.js';
import { attributes, type Block, expression, type Item, json, label, renderHcl } from './hcl.js';
import { accountFolder } from './json-files.js';
import { OIDC_PROVIDER, permissionPolicy, trustPolicy } from './policies.js';
import { type Known, namesIn, standIn, UNKNOWN } from './unknown.js';

/** An account as a root module of Terraform. What is known is the default of a variable; for the rest Terraform asks. */
export function terraformFile(account: Account, known: Known): CompanionFile {
  const { id, repositories, members, entries } = account;
  const withRole = members.filter(({ principal }) => principal.role !== undefined);
  const resources = [
    ...(withRole.length === 0 ? [] : [provider()]),
    ...repositories.flatMap((repository) => repositoryBlocks(repository, account)),
    ...withRole.flatMap((member) => roleBlocks(member, account)),
    ...members.filter((member) => !withRole.includes(member)).map((member) => policyBlock(member, account)),
    ...entries.map((entry) => entryBlock(entry, account)),
  ];
  const settings = [required(repositories), ...providers(account)];
  const used = namesIn(JSON.stringify([settings, resources]));
  const variables = [...used.map((name) => variable(name, UNKNOWN[name], known[name]))];
  if (withRole.length > 0) variables.push(PROVIDER_SWITCH);
  const comment = '# Written by gen-config companions; README.md of the companions says what it is for.\n';
  const text = `${comment}\n${renderHcl([...settings, ...variables, ...resources])}\n`;
  return { path: `${accountFolder(id)}/main.tf`, text };
}

function required(repositories: readonly OpenRepository[]): Block {
  // 5.81 takes an OIDC provider without thumbprints, 6.8 knows exclusion filters.
  const filters = repositories.some(({ settings }) => settings.mutability.exclusions.length > 0);
  const aws = { source: 'hashicorp/aws', version: filters ? '>= 6.8.0' : '>= 5.81.0' };
  return { block: 'terraform', body: [{ block: 'required_providers', body: attributes({ aws }) }] };
}

/** One for each region, the first without an alias. */
function providers({ id, regions }: Account): readonly Block[] {
  return regions.map((region, index) => ({
    block: 'provider',
    labels: ['aws'],
    body: attributes({
      ...(index === 0 ? {} : { alias: label(region) }),
      region,
      allowed_account_ids: [id],
    }),
  }));
}

function inRegion(region: string, { regions }: Account): readonly Item[] {
  return regions.indexOf(region) > 0 ? [expression('provider', `aws.${label(region)}`)] : [];
}

function variable(name: string, description: string, value: string | undefined): Block {
  const given = value === undefined ? [] : attributes({ default: value });
  return {
    block: 'variable',
    labels: [name],
    body: [expression('type', 'string'), ...attributes({ description }), ...given],
  };
}

const PROVIDER_SWITCH: Block = {
  block: 'variable',
  labels: ['create_oidc_provider'],
  body: [
    expression('type', 'bool'),
    ...attributes({ description: 'An account has one for each organization: false where it is there', default: true }),
  ],
};

function provider(): Block {
  return {
    block: 'resource',
    labels: ['aws_iam_openid_connect_provider', 'circleci'],
    body: [
      expression('count', 'var.create_oidc_provider ? 1 : 0'),
      ...attributes({ url: `https://${OIDC_PROVIDER}`, client_id_list: [standIn('organization_id')] }),
    ],
  };
}

/** Of the resources of a repository; the same path may be there in several regions. */
export function repositoryLabel({ path, region }: OpenRepository, { regions }: Account): string {
  return label(regions.indexOf(region) > 0 ? `${path}-${region}` : path);
}

function repositoryBlocks(repository: OpenRepository, account: Account): readonly Block[] {
  const { path, region, settings, policy } = repository;
  const { mutability, scanOnPush, encryption, lifecycle } = settings;
  const name = repositoryLabel(repository, account);
  const where = inRegion(region, account);
  const resource = (type: string, body: readonly Item[]): Block => ({ block: 'resource', labels: [type, name], body });
  const of = expression('repository', `aws_ecr_repository.${name}.name`);
  return [
    resource('aws_ecr_repository', [
      ...where,
      ...attributes({ name: path, image_tag_mutability: mutability.kind }),
      ...mutability.exclusions.map((filter) => ({
        block: 'image_tag_mutability_exclusion_filter',
        body: attributes({ filter, filter_type: 'WILDCARD' }),
      })),
      { block: 'image_scanning_configuration', body: attributes({ scan_on_push: scanOnPush }) },
      { block: 'encryption_configuration', body: attributes({ encryption_type: encryption.type }) },
    ]),
    resource('aws_ecr_lifecycle_policy', [...where, of, json('policy', lifecycle)]),
    ...(policy === undefined ? [] : [resource('aws_ecr_repository_policy', [...where, of, json('policy', policy)])]),
  ];
}

function roleBlocks({ principal, refs, rights }: Member, { id }: Account): readonly Block[] {
  const { role, name } = principal;
  if (role === undefined) return [];
  const resource = (type: string, body: readonly Item[]): Block => ({
    block: 'resource',
    labels: [type, label(name)],
    body,
  });
  return [
    resource('aws_iam_role', [
      ...attributes({ name, ...(role.path === '/' ? {} : { path: role.path }) }),
      json('assume_role_policy', trustPolicy(role, refs)),
    ]),
    resource('aws_iam_role_policy', [
      ...attributes({ name: 'build-once' }),
      expression('role', `aws_iam_role.${label(name)}.name`),
      json('policy', permissionPolicy(id, rights)),
    ]),
  ];
}

/** For a user whose keys a context holds; the user is not made here. */
function policyBlock({ principal, rights }: Member, { id }: Account): Block {
  return {
    block: 'resource',
    labels: ['aws_iam_policy', label(principal.name)],
    body: [...attributes({ name: principal.name }), json('policy', permissionPolicy(id, rights))],
  };
}

function entryBlock({ cluster, region, role, groups }: AccessEntry, account: Account): Block {
  return {
    block: 'resource',
    labels: ['aws_eks_access_entry', label(`${cluster}-${region}-${role.name}`)],
    body: [
      ...inRegion(region, account),
      ...attributes({ cluster_name: cluster }),
      expression('principal_arn', `aws_iam_role.${label(role.name)}.arn`),
      ...attributes({ kubernetes_groups: groups }),
    ],
  };
}
