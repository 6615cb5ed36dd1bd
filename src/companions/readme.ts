import type { Environment } from '../delivery/delivery.js';
import type { Account } from './accounts.js';
import { entryCommands, iamCommands, repositoryCommands } from './aws-commands.js';
import { label } from './hcl.js';
import { accountFolder } from './json-files.js';
import { manifestFile, objectName } from './manifests.js';
import { repositoryLabel } from './terraform.js';
import { placeholderOf, UNKNOWN, type UnknownName } from './unknown.js';

/** README.md of the companions: what each file is for, and the commands that put it to use. */
export function makeReadme(options: {
  readonly accounts: readonly Account[];
  readonly environments: readonly Environment[];
  readonly format: 'json' | 'terraform';
  /** The Kubernetes group of all jobs. */
  readonly group: string | undefined;
  readonly missing: readonly UnknownName[];
}): string {
  const { accounts, environments, format, group, missing } = options;
  const placeholders = format === 'json' ? missing : [];
  const roles = accounts.some(({ members }) => members.some(({ principal }) => principal.role));
  const paragraphs = [
    '# What an administrator sets up',
    `Written by \`gen-config companions\` from .circleci/build-once.yml, with the rights that its jobs need and no others.
The commands run in this folder, by somebody who may do so; no job of the pipeline needs these rights. Run
\`gen-config companions\` again after a change of the spec.`,
    when(placeholders.length > 0, 'First give what the files have placeholders for, to `gen-config companions`:'),
    placeholders.map((name) => `- \`${placeholderOf(name)}\`: ${UNKNOWN[name]}`).join('\n'),
    when(
      roles,
      `A role can be assumed by every job of the project in pipelines of the branches and tags that its trust policy names:
AWS sees those, and not the contexts of a job. So protect the branches and tags.`,
    ),
    ...accounts.flatMap((account) => [
      `## AWS account ${account.id}`,
      membersOf(account),
      ...(format === 'json' ? aboutJson(account) : aboutTerraform(account)),
    ]),
    ...environments.flatMap((environment) => aboutCluster(environment, group)),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

function membersOf({ members }: Account): string {
  return members
    .map(({ principal, jobs }) => {
      const of = jobs.map((job) => `\`${job}\``).join(', ');
      if (principal.role !== undefined) return `- the role \`${principal.name}\`: ${of}`;
      return `- the policy \`${principal.name}\`, for the user whose keys the contexts hold: ${of}`;
    })
    .join('\n');
}

function aboutJson(account: Account): readonly string[] {
  const roles = account.members.some(({ principal }) => principal.role);
  return [
    shell(account.repositories.flatMap(repositoryCommands)),
    when(roles, 'An account has the OIDC provider once for each organization, so it may be there already.'),
    shell(iamCommands(account)),
    when(
      account.entries.length > 0,
      'Access entries, for clusters whose authentication mode has the API; for others the groups go into `aws-auth`:',
    ),
    shell(entryCommands(account)),
  ];
}

function aboutTerraform(account: Account): readonly string[] {
  const { id, members, repositories } = account;
  const roles = members.flatMap(({ principal: { role, name } }) => (role === undefined ? [] : [name]));
  const imports = [
    ...roles.map((name) => `terraform import aws_iam_role.${label(name)} ${name}`),
    ...repositories.map(
      (repository) => `terraform import aws_ecr_repository.${repositoryLabel(repository, account)} ${repository.path}`,
    ),
  ];
  return [
    shell([`cd ${accountFolder(id)}`, 'terraform init', 'terraform apply']),
    when(imports.length > 0, 'What is there already is imported before it is applied:'),
    shell(imports),
    when(roles.length > 0, 'An OIDC provider that is there is left out with `-var create_oidc_provider=false`.'),
  ];
}

function aboutCluster(environment: Environment, group: string | undefined): readonly string[] {
  const { name, target } = environment;
  const { access, namespace } = target;
  const where = access.kind === 'eks' ? `the EKS cluster ${access.cluster} in ${access.region}` : 'its cluster';
  const own = access.kind === 'kubeconfig' && group === undefined ? access.variable : undefined;
  return [
    `## ${name}: namespace ${namespace} of ${where}`,
    shell([`kubectl apply -f ${manifestFile(environment)}`]),
    when(own !== undefined, `The kubeconfig in \`$${own}\` is to be of the ServiceAccount. A token of it:`),
    own === undefined ? '' : shell([`kubectl create token ${objectName(environment)} --namespace ${namespace}`]),
  ];
}

function when(condition: boolean, text: string): string {
  return condition ? text : '';
}

function shell(commands: readonly string[]): string {
  return commands.length === 0 ? '' : `\`\`\`sh\n${commands.join('\n')}\n\`\`\``;
}
