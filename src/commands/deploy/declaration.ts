import { command, type Parameters } from '../command.js';
import { applied, cluster, commit, directory, dryRun, environment, grace, image, order, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  environment,
  workloads: {
    type: 'string',
    description:
      'Workloads to deploy, separated by commas: KIND/NAME, with a KIND of deployment, statefulset, daemonset, cronjob, or rollout (Argo Rollouts). With manifests all that are in them are deployed, and these have to be among them.',
    default: '',
    example: 'deployment/web,deployment/worker',
  },
  ...applied,
  force_conflicts: {
    type: 'boolean',
    description: 'Take over the fields of the manifests that others have set to other values.',
    default: false,
  },
  ...cluster,
  role,
  image,
  timeout: { type: 'string', description: 'How long the workloads may take to become available.', default: '10m' },
  grace,
  rollback: {
    type: 'enum',
    description:
      'What to do when the workloads do not come up with the digest. automatic: return all of them to the images that they ran before, wait for it, and fail with exit code 75. none: leave them as they are. What manifests change beside the images stays, and a migration is not undone.',
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
    'Replaces the image of every container that runs this repository, in all workloads named, by the digest; a workload without such a container is an error, and nothing is changed. With manifests all objects of a folder are applied (server-side apply), with the image by digest in them. An error is also a workload that runs a newer commit, or one that is not known to be older, unless --rollback-to names this one. Then waits until every replica is of the new digest and available. What cannot heal (an image that cannot be pulled, a container that crashes again and again) fails at once, and what can heal when it has lasted for --grace, with the cause, the last log lines and the events. With --rollback automatic all workloads then go back to the images that they ran before, and the command fails all the same.',
  parameters,
  files: [{ path: '.build-once/release.json', what: 'Read: the digest, unless --image names it.' }],
  examples: [
    {
      command: 'build-once deploy --environment staging --workloads deployment/web,deployment/worker --namespace shop',
      what: 'deploy the digest that verify_image has found',
    },
    {
      command: 'build-once deploy --environment staging --manifests k8s/staging --namespace shop',
      what: 'apply the manifests of a folder, or of a kustomize overlay, with the digest in them',
    },
    {
      command: 'build-once deploy --environment staging --workloads deployment/web --namespace shop --dry-run',
      what: 'say which fields would be changed',
    },
  ],
  seeAlso: ['build-once verify-image', 'build-once run-migration', 'docs/kubernetes.md', 'docs/troubleshooting.md'],
  run: () => import('./run.js'),
});
