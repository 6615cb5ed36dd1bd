import { directory, type Verb } from '../verb.js';

/** `gen-config companions`. */
export const companions: Verb = {
  name: 'companions',
  summary: 'Write what an administrator sets up: IAM roles, the ECR repository, Kubernetes Roles.',
  description: `From the spec of this repository: for each AWS account the trust policies and permissions of the roles that it names, CircleCI's OIDC provider, the repository with its lifecycle policy, and access entries of EKS; for each environment a Kubernetes Role and its binding. They give the jobs the rights that they need and no others. README.md among them has the commands.

What a spec cannot say is given by options, and is remembered in companions.json. What is not given stands in JSON as a placeholder, which is said, and is a variable that Terraform asks for.

A file that somebody has edited is left as it is, and so is everything else, unless --force says otherwise.`,
  options: {
    directory,
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['json', 'terraform'],
      description: 'How AWS is written: files for aws-cli, or a module for each account. Default: json.',
    },
    'organization-id': {
      type: 'string',
      value: 'UUID',
      description: 'The organization in CircleCI: Organization Settings, Overview.',
    },
    'project-id': {
      type: 'string',
      value: 'UUID',
      description: 'The project in CircleCI: Project Settings, Overview.',
    },
    'vcs-origin': {
      type: 'string',
      value: 'ORIGIN',
      description: 'The repository, as CircleCI names it in tokens: github.com/acme/shop. Default: the remote of git.',
    },
    'account-id': {
      type: 'string',
      value: 'ID',
      description: 'The AWS account of EKS clusters that the spec reaches without a role.',
    },
    group: {
      type: 'string',
      value: 'NAME',
      description:
        'Bind this Kubernetes group in every environment. Default: on EKS a group for each environment, elsewhere a ServiceAccount.',
    },
    'exclusion-filters': {
      type: 'string',
      value: 'FILTERS',
      description:
        'Filters of the tags that can be moved in the repository, separated by commas. Default: what "tags" and "cache" of the spec make move.',
    },
    output: { type: 'string', short: 'o', value: 'DIR', description: 'Where to write. Default: .circleci/companions.' },
    force: { type: 'boolean', description: 'Overwrite files that somebody has edited.' },
    'dry-run': { type: 'boolean', description: 'Say what would be written, and write nothing.' },
  },
  files: ['.circleci/build-once.yml', '.circleci/base.yml'],
  exits: {
    2: 'Wrong usage, a problem in the spec, or a file that somebody has edited. Nothing was written.',
  },
  examples: [
    { command: 'gen-config companions', what: 'see what there is, with placeholders for what is not known' },
    {
      command:
        'gen-config companions --format terraform --organization-id 11111111-2222-3333-4444-555555555555 --project-id 66666666-7777-8888-9999-000000000000',
      what: 'modules to apply; later runs remember what was given',
    },
  ],
  seeAlso: ['gen-config explain', 'docs/security.md', 'docs/kubernetes.md'],
  run: async () => {
    const { companions } = await import('../companions.js');
    return companions;
  },
};
