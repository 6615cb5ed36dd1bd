import { command, type Parameters } from '../command.js';
import { cluster, commit, directory, dryRun, environment, image, role } from '../parameters.js';

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
    description: "Workload whose Pod the migration's is like.",
    example: 'deployment/web',
  },
  container: {
    type: 'string',
    description: 'Container of that Pod to run the command in. Empty: the one with the image, or the only one.',
    default: '',
  },
  ...cluster,
  role,
  image,
  timeout: { type: 'string', description: 'How long the migration may take.', default: '30m' },
  commit,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const runMigration = command({
  name: 'run_migration',
  summary: 'Run a database migration as a Kubernetes Job with the image that is about to be deployed.',
  description:
    "Makes a Job whose Pod is that of a workload (environment, secrets, service account, volumes) with the image replaced by the digest and the command by yours. Prints the container's log as it comes, every line once and in order, and fails with the container's exit code as the cause. A Job of the same commit, environment and command is taken up again instead of being started a second time.",
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
  ],
  seeAlso: ['build-once deploy', 'docs/kubernetes.md'],
  run: () => import('./run.js'),
});
