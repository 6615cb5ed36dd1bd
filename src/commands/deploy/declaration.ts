import { command, type Parameters } from '../command.js';
import { cluster, commit, directory, dryRun, environment, grace, image, order, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  environment,
  workloads: {
    type: 'string',
    description:
      'Workloads to deploy, separated by commas: KIND/NAME, with a KIND of deployment, statefulset, daemonset, cronjob, or rollout (Argo Rollouts).',
    example: 'deployment/web,deployment/worker',
  },
  ...cluster,
  role,
  image,
  timeout: { type: 'string', description: 'How long the workloads may take to become available.', default: '10m' },
  grace,
  rollback: {
    type: 'enum',
    description:
      'What to do when the workloads do not come up with the digest. automatic: return all of them to what they ran before, wait for it, and fail with exit code 75. none: leave them as they are. A migration is not undone.',
    enum: ['none', 'automatic'],
    default: 'none',
  },
  ...order,
  commit,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const deploy = command({
  name: 'deploy',
  summary: 'Set workloads to the digest, wait until they run it, and say the truth about it.',
  description:
    'Replaces the image of every container that runs this repository, in all workloads named, by the digest; a workload without such a container is an error, and nothing is changed. So is a workload that runs a newer commit, or one that is not known to be older, unless --rollback-to names this one. Then waits until every replica is of the new digest and available. What cannot heal (an image that cannot be pulled, a container that crashes again and again) fails at once, and what can heal when it has lasted for --grace, with the cause, the last log lines and the events. With --rollback automatic all workloads then go back to what they ran before, and the command fails all the same.',
  parameters,
  files: [{ path: '.build-once/release.json', what: 'Read: the digest, unless --image names it.' }],
  examples: [
    {
      command: 'build-once deploy --environment staging --workloads deployment/web,deployment/worker --namespace shop',
      what: 'deploy the digest that verify_image has found',
    },
    {
      command: 'build-once deploy --environment staging --workloads deployment/web --namespace shop --dry-run',
      what: 'say which containers would be changed',
    },
  ],
  seeAlso: ['build-once verify-image', 'build-once run-migration', 'docs/kubernetes.md', 'docs/troubleshooting.md'],
  run: () => import('./run.js'),
});
