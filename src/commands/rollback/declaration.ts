import { command, type Parameters } from '../command.js';
import { parameters as deployment } from '../deploy/declaration.js';
import { cluster, dryRun, environment, login, repository, role } from '../parameters.js';
import { parameters as verification } from '../verify-image/declaration.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  environment,
  workloads: {
    type: 'string',
    description:
      'Workloads to return, separated by commas: KIND/NAME, with a KIND of deployment, statefulset, daemonset, cronjob, or rollout (Argo Rollouts).',
    example: 'deployment/web,deployment/worker',
  },
  to: {
    type: 'string',
    description:
      'What to go back to: previous, which is what the last deployment replaced, as its record on the workloads says; or the full SHA of a commit, a digest, or a SemVer tag of the image, that this environment has passed.',
    default: 'previous',
    verbatim: true,
    example: '1.4.2',
  },
  repository: {
    ...repository,
    description: `${repository.description} It is asked for anything but previous.`,
    default: '',
  },
  destination: verification.destination,
  ...cluster,
  role,
  ...login,
  timeout: { ...deployment.timeout, description: 'How long the workloads may take to be up again.' },
  grace: deployment.grace,
  dry_run: dryRun,
} as const satisfies Parameters;

export const rollback = command({
  name: 'rollback',
  summary: 'Return workloads to what they ran before, wait until they run it, and say the truth about it.',
  description:
    'Shows what the workloads run and what they will return to: commit, digest, when and by whom it was deployed, as far as records tell. All of them go back, or, where something speaks against it, none. Nothing is built, and neither git nor a checkout is needed. A migration is not undone. The record that it leaves says what runs, so a commit that descends from the one gone back to can be deployed again, and an older one is late as always.',
  parameters,
  files: [],
  examples: [
    {
      command:
        'build-once rollback --environment production --namespace shop --workloads deployment/web,deployment/worker --dry-run',
      what: 'say what the workloads would return to',
    },
    {
      command:
        'build-once rollback --environment production --namespace shop --workloads deployment/web --to 1.4.2 --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop',
      what: 'go back to a release that production has run',
    },
  ],
  seeAlso: [
    'build-once deploy',
    'build-once status',
    'docs/kubernetes.md',
    'docs/guarantee.md',
    'docs/troubleshooting.md',
  ],
  run: () => import('./run.js'),
});
