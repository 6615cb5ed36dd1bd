import { command, type Parameters } from '../command.js';
import { commit, directory, dryRun, image, login, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository: { ...repository, description: `${repository.description} It is what is promoted from.` },
  destination: {
    type: 'string',
    description: 'Repository that the image is to be in, with its registry and without a tag.',
    example: '210987654321.dkr.ecr.eu-west-1.amazonaws.com/shop',
  },
  by: {
    type: 'enum',
    enum: ['copy', 'replication'],
    description:
      'How it gets there. copy: this command copies it. replication: ECR does, by the settings of the registry, and this command waits for it.',
    default: 'copy',
  },
  commit,
  image,
  role: { ...role, description: `${role.description} It reads the image.` },
  ...login,
  destination_role: {
    ...role,
    description: 'ARN of the IAM role for the destination. Empty: the AWS credentials that the job has.',
  },
  destination_username: {
    ...login.username,
    description: `${login.username.description.split('.')[0]}. Empty: the role of the destination, the AWS credentials or the login of Docker.`,
  },
  destination_password: login.password,
  destination_workload_identity_provider: login.workload_identity_provider,
  destination_service_account: login.service_account,
  timeout: { type: 'string', description: 'How long a replication may take.', default: '30m' },
  directory,
  dry_run: {
    ...dryRun,
    description: 'Look at both repositories, say what is missing in the destination, and change nothing.',
  },
} as const satisfies Parameters;

export const promoteImage = command({
  name: 'promote_image',
  summary: 'Bring the very same digest to another repository, account or region.',
  description:
    "Copies the commit's image byte for byte: the index with all that it names, attestations too, and what refers to it (signatures, SBOMs). A layer is taken over inside of a registry that does that, else streamed from registry to registry and checked on its way; only what is missing there is moved, so a run that broke off is taken up by another one. When the destination gives the same digest back it gets the commit SHA as its tag, which is never moved. Writes release.json for the steps that follow, which then deploy from the destination.",
  parameters,
  files: [
    {
      path: '.build-once/release.json',
      what: 'Read: the digest, unless --image names it. Written: the same in its new place.',
    },
  ],
  examples: [
    {
      command:
        'build-once promote-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --destination 210987654321.dkr.ecr.eu-west-1.amazonaws.com/shop',
      what: 'copy what is missing to another account and region, and tag it with the commit SHA',
    },
    {
      command:
        'build-once promote-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --destination 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop --by replication --timeout 10m',
      what: 'wait for ECR to replicate it to another region',
    },
  ],
  seeAlso: ['build-once verify-image', 'build-once pass-image', 'docs/registries.md'],
  run: () => import('./run.js'),
});
