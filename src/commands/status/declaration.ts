import { command, type Parameters } from '../command.js';
import { cluster, role } from '../parameters.js';

const { namespace: _, ...access } = cluster;

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  environments: {
    type: 'string',
    description:
      'Environments of one cluster, separated by commas, in the order in which a commit comes to them: NAME=NAMESPACE.',
    example: 'staging=shop-staging,production=shop',
  },
  workloads: {
    type: 'string',
    description: 'Workloads to show of each, separated by commas: KIND/NAME.',
    example: 'deployment/web,deployment/worker',
  },
  ...access,
  role,
  format: {
    type: 'enum',
    description: 'human: a table. json: one line, for programs.',
    enum: ['human', 'json'],
    default: 'human',
  },
} as const satisfies Parameters;

export const status = command({
  name: 'status',
  summary: 'Show what runs where, since when and by which job, and how far environments are apart.',
  description:
    'Of each workload: the commit and the digest, when it was deployed and by which job, as its record says, and how far its rollout is. Each environment is compared with the one before it: in a checkout of the repository by the number of commits. Changes nothing.',
  parameters,
  files: [],
  examples: [
    {
      command: 'build-once status --environments production=shop --workloads deployment/web',
      what: 'what production runs',
    },
    {
      command:
        'build-once status --environments staging=shop-staging,production=shop --workloads deployment/web,deployment/worker',
      what: 'and how far it is behind staging',
    },
  ],
  seeAlso: ['build-once deploy', 'build-once rollback', 'docs/kubernetes.md'],
  run: () => import('./run.js'),
});
