import { command, type Parameters } from '../command.js';
import { cluster, commit, directory, dryRun, environment, grace, image, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  environment,
  command: {
    type: 'string',
    description: 'Command to run, as a JSON list of strings. No shell reads it.',
    example: '["node", "migrate.js"]',
    verbatim: true,
  },
  workload: {
    type: 'string',
    description:
      "Workload whose Pod the migration's is like. Empty: with a manifest, the only object there that has a Pod template.",
    default: '',
    example: 'deployment/web',
  },
  manifest: {
    type: 'string',
    description:
      'File or folder of manifests in the checkout, or folder of a kustomization, to take that Pod from, such as for the first deployment, when the workload is not there yet. Empty: from the workload in the cluster.',
    default: '',
    example: 'k8s/web.yaml',
  },
  container: {
    type: 'string',
    description: 'Container of that Pod to run the command in. Empty: the one with the image, or the only one.',
    default: '',
  },
  ...cluster,
  role,
  image,
  timeout: {
    type: 'string',
    description: 'How long the migration may take, and how long to wait before it for another one of the environment.',
    default: '30m',
  },
  grace,
  failed_before: {
    type: 'enum',
    description:
      'What to do when this very migration has failed before. rerun: it is run anew, since whoever reruns a job asks for that; a step that CircleCI runs again by itself does not. stop: its end is shown, and it is run anew only when its Job has been deleted.',
    enum: ['rerun', 'stop'],
    default: 'rerun',
  },
  on_cancel: {
    type: 'enum',
    description:
      'What becomes of the migration when the CircleCI job is cancelled. leave: it goes on in the cluster, and the next run takes it up. delete: its Job is deleted, and the cluster ends its Pod.',
    enum: ['leave', 'delete'],
    default: 'leave',
  },
  commit,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const runMigration = command({
  name: 'run_migration',
  summary: 'Run a database migration as a Kubernetes Job with the image that is about to be deployed.',
  description:
    "Makes a Job whose Pod is that of a workload (environment, secrets, service account, volumes) with the image replaced by the digest and the command by yours. Prints the container's log as it comes, every line once and in order, and fails with the container's exit code as the cause. A Job of the same commit, environment and command is taken up again instead of being started a second time, and a lock, a Lease in the namespace, keeps two migrations of an environment from overlapping.",
  parameters,
  files: [{ path: '.build-once/release.json', what: 'Read: the digest, unless --image names it.' }],
  examples: [
    {
      command: `build-once run-migration --environment staging --workload deployment/web --namespace shop --command '["node", "migrate.js"]'`,
      what: 'migrate with the digest that verify_image has found',
    },
    {
      command: `build-once run-migration --environment staging --workload deployment/web --namespace shop --command '["bin/rails", "db:migrate"]' --eks staging --region us-east-1 --timeout 2h`,
      what: 'in an EKS cluster, with more time',
    },
    {
      command: `build-once run-migration --environment staging --manifest k8s/migrate.yaml --namespace shop --command '["bin/migrate"]' --on-cancel delete`,
      what: 'with the Pod of a manifest in the checkout, which ends when the job is cancelled',
    },
  ],
  seeAlso: ['build-once deploy', 'docs/kubernetes.md'],
  run: () => import('./run.js'),
});
