import { command, type Parameters } from '../command.js';
import { applied, cluster, commit, directory, environment, login, order, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository,
  environment,
  after: {
    type: 'string',
    description: 'Environment that must have run this digest before. Empty: none.',
    default: '',
    example: 'staging',
  },
  platforms: {
    type: 'string',
    description: 'Platforms that the image must have, separated by commas. Empty: any.',
    default: '',
  },
  workloads: {
    type: 'string',
    description:
      'Workloads that are about to be deployed, separated by commas: KIND/NAME. The commit must be newer than what they run, and must reach their Pods: one that is paused is refused. Empty: nothing is compared here; deploy compares all the same, but a migration comes before it.',
    default: '',
    example: 'deployment/web,deployment/worker',
  },
  ...applied,
  destination: {
    type: 'string',
    description: 'Repository that the workloads run the image from. Empty: the one that it is published in.',
    default: '',
    example: '210987654321.dkr.ecr.eu-west-1.amazonaws.com/shop',
  },
  ...order,
  ...cluster,
  namespace: { ...cluster.namespace, default: '' },
  commit,
  role,
  ...login,
  directory,
} as const satisfies Parameters;

export const verifyImage = command({
  name: 'verify_image',
  summary: "Find the commit's digest and prove that it may go to this environment.",
  description:
    'Looks up the digest under the commit SHA tag in the registry, and, for an environment that comes after another, demands that the other one has passed this very digest, and says when it did, in which job and for whom. With workloads, the commit must also be newer than what they run, or the same: an approval that is clicked late is refused before a migration or anything else has begun. Prints the proof and writes release.json for the steps that follow. Changes nothing.',
  parameters,
  files: [
    { path: '.build-once/release.json', what: 'Written: the digest that the steps after it use.' },
    { path: '.build-once/manifest.json', what: 'Written: the manifest of that digest, as the registry has it.' },
  ],
  examples: [
    {
      command:
        'build-once verify-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --environment staging',
      what: 'find the digest of the commit',
    },
    {
      command:
        'build-once verify-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --environment production --after staging',
      what: 'and demand that staging has run it',
    },
    {
      command:
        'build-once verify-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --environment production --after staging --workloads deployment/web --namespace shop --eks production --region us-east-1',
      what: 'and that production runs nothing newer',
    },
  ],
  seeAlso: ['build-once pass-image', 'docs/guarantee.md', 'docs/troubleshooting.md'],
  run: () => import('./run.js'),
});
