import type { Environment } from '../delivery/delivery.js';
import type { Account, Member, OpenRepository } from './accounts.js';
import { label } from './hcl.js';
import { accountFolder, entryFile, memberFile, providerFile, repositoryFile } from './json-files.js';
import { manifestFile, objectName } from './manifests.js';
import { placeholderOf, UNKNOWN, type UnknownName } from './unknown.js';

/** README.md of the companions: what each file is for, and the commands that put it to use. */
export function makeReadme(options: {
  readonly accounts: readonly Account[];
  readonly environments: readonly Environment[];
  readonly format: 'json' | 'terraform';
  readonly missing: readonly UnknownName[];
}): string {
  const { accounts, environments, format, missing } = options;
  const asked = missing.map((name) => `- \`${placeholderOf(name)}\`: ${UNKNOWN[name]}`);
  return [
    `# What an administrator sets up`,
    `Written by \`gen-config companions\` from .circleci/build-once.yml, with the rights that its jobs need and no others.
The commands run in this folder, by somebody who may do so; no job of the pipeline needs these rights. Run
\`gen-config companions\` again after a change of the spec.`,
    ...(format === 'terraform' || missing.length === 0
      ? []
      : [
          `First give what the files have placeholders for, as \`gen-config companions --help\` says:`,
          asked.join('\n'),
        ]),
    ...accounts.flatMap((account) => (format === 'json' ? accountByJson(account) : accountByTerraform(account))),
    ...environments.map(cluster),
  ]
    .join('\n\n')
    .concat('\n');
}

function accountByTerraform(account: Account): readonly string[] {
  const imports = account.members.flatMap(({ principal: { role, name } }) =>
    role === undefined ? [] : [`terraform import aws_iam_role.${label(name)} ${name}`],
  );
  return [
    `## AWS account ${account.id}`,
    members(account),
    shell([`cd ${accountFolder(account.id)}`, 'terraform init', 'terraform apply']),
    `What is there already is imported first, and an OIDC provider that is there is left out with
\`-var create_oidc_provider=false\`:`,
    shell([
      ...imports,
      ...account.repositories.map(({ path }) => `terraform import aws_ecr_repository.${label(path)} ${path}`),
    ]),
  ];
}

function accountByJson(account: Account): readonly string[] {
  const { members: all, repositories, entries } = account;
  const iam = all.flatMap((member) => roleCommands(account, member));
  const provider = `aws iam create-open-id-connect-provider --cli-input-json file://${providerFile(account)}`;
  return [
    `## AWS account ${account.id}`,
    members(account),
    ...(repositories.length === 0 ? [] : [shell(repositories.flatMap(repositoryCommands))]),
    ...(all.some(({ principal }) => principal.role)
      ? [
          'The OIDC provider is there once for each organization, so it may be there already.',
          shell([provider, ...iam]),
        ]
      : [shell(iam)]),
    ...(entries.length === 0
      ? []
      : [
          'Access entries, for clusters whose authentication mode has the API; for others the groups go into `aws-auth`.',
          shell(
            entries.map(
              (entry) =>
                `aws eks create-access-entry --region ${entry.region} --cli-input-json file://${entryFile(account, entry)}`,
            ),
          ),
        ]),
  ];
}

function members({ members: all }: Account): string {
  return all
    .map(({ principal, jobs }) => {
      const who = principal.role === undefined ? `the user of \`${principal.name}\`` : `\`${principal.name}\``;
      return `- ${who}: ${jobs.map((job) => `\`${job}\``).join(', ')}`;
    })
    .join('\n');
}

function repositoryCommands(repository: OpenRepository): readonly string[] {
  const { path, region, policy } = repository;
  const named = `--region ${region} --repository-name ${path}`;
  return [
    `aws ecr create-repository --region ${region} --cli-input-json file://${repositoryFile(repository, 'create')}`,
    `aws ecr put-lifecycle-policy ${named} --lifecycle-policy-text file://${repositoryFile(repository, 'lifecycle')}`,
    ...(policy === undefined
      ? []
      : [`aws ecr set-repository-policy ${named} --policy-text file://${repositoryFile(repository, 'policy')}`]),
  ];
}

function roleCommands(account: Account, member: Member): readonly string[] {
  const { role, name } = member.principal;
  const policy = `file://${memberFile(account, member, 'policy')}`;
  if (role === undefined) return [`aws iam create-policy --policy-name ${name} --policy-document ${policy}`];
  const path = role.path === '/' ? '' : ` --path ${role.path}`;
  return [
    `aws iam create-role --role-name ${name}${path} --assume-role-policy-document file://${memberFile(account, member, 'trust')}`,
    `aws iam put-role-policy --role-name ${name} --policy-name build-once --policy-document ${policy}`,
  ];
}

function cluster(environment: Environment): string {
  const { name, target } = environment;
  const { access, namespace } = target;
  const where = access.kind === 'eks' ? `the EKS cluster ${access.cluster} in ${access.region}` : 'its cluster';
  const commands = [`kubectl apply -f ${manifestFile(environment)}`];
  const login =
    access.kind === 'eks'
      ? []
      : [
          `\nThe kubeconfig in \`$${access.variable}\` must be of who is bound there. A token of the ServiceAccount:\n`,
          shell([`kubectl create token ${objectName(environment)} --namespace ${namespace} --duration 24h`]),
        ];
  return [`## ${name}: namespace ${namespace} of ${where}\n`, shell(commands), ...login].join('\n');
}

function shell(commands: readonly string[]): string {
  return `\`\`\`sh\n${commands.join('\n')}\n\`\`\``;
}
