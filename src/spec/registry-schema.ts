import { login } from './image-schema.js';
import { role, workloadIdentity } from './schema-parts.js';

/** `environments.NAME.image`. */
export const environmentImage = {
  description:
    'Another repository that the environment runs the image from: the same digest, in another account, region or registry. The repository of the image stays the one in which environments are passed.',
  examples: [{ repository: '210987654321.dkr.ecr.eu-west-1.amazonaws.com/shop' }],
  type: 'object',
  additionalProperties: false,
  required: ['repository'],
  properties: {
    repository: {
      description: 'Repository with its registry, without a tag.',
      type: 'string',
      examples: ['210987654321.dkr.ecr.eu-west-1.amazonaws.com/shop'],
    },
    by: {
      description:
        'How the image gets there. copy: the deploy job copies it, before it migrates. replication: ECR replicates it, by the settings of the registry, and the deploy job waits for it, 30 minutes at most.',
      default: 'copy',
      examples: ['replication'],
      enum: ['copy', 'replication'],
    },
    role: role(
      'the deploy job assumes for this repository',
      'Default: as it logs in to the repository of the image where the registry is the same, else the role of the environment.',
    ),
    login: {
      ...login,
      description:
        'Login for this repository, by environment variables that the contexts of the deploy job hold. Not together with role.',
    },
    workload_identity: workloadIdentity('of the deploy job', 'Not together with role or login.'),
  },
};
