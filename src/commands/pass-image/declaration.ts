import { command, type Parameters } from '../command.js';
import { commit, directory, dryRun, environment, image, login, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository,
  environment,
  commit,
  image,
  role,
  ...login,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const passImage = command({
  name: 'pass_image',
  summary: 'Mark the digest as passed by an environment, for the environments that come after it.',
  description:
    'Puts the tag <environment>.<commit> on the digest that was deployed: one manifest is written, no layer moves. When the tag is there with the same digest nothing is done; with another digest it fails, for a tag is never moved. Who has passed it and when (the job, and the CircleCI user of its OIDC token) is recorded under <environment>.<commit>.record: the same manifest with annotations, for the proof of verify_image. An image that promote_image has brought to another repository is passed in the one that it was promoted from: that is where environments look.',
  parameters,
  files: [
    { path: '.build-once/release.json', what: 'Read: the digest, unless --image names it.' },
    { path: '.build-once/manifest.json', what: 'Read: the manifest of that digest. Without it the registry is asked.' },
  ],
  examples: [
    {
      command:
        'build-once pass-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --environment staging',
      what: 'put the tag staging.COMMIT on the digest that was deployed',
    },
  ],
  seeAlso: ['build-once verify-image', 'docs/guarantee.md'],
  run: () => import('./run.js'),
});
