import { command, type Parameters } from '../command.js';
import { commit, directory, dryRun, login, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository,
  platforms: {
    type: 'string',
    description: 'Platforms that the image must have, separated by commas.',
    default: 'linux/amd64',
    example: 'linux/amd64,linux/arm64',
  },
  pointers: {
    type: 'string',
    description:
      'Tags to move to the image after the commit SHA, separated by commas: branch ($CIRCLE_BRANCH), git-tag ($CIRCLE_TAG), semver (1.4.2, 1.4 and 1 of a git tag v1.4.2, only forward). Empty: none.',
    default: '',
    example: 'branch,semver',
  },
  strict: {
    type: 'boolean',
    description:
      'Fail when another pipeline of the commit has published an image that is not the one built here. Otherwise that is said, and the published one is used.',
    default: false,
  },
  commit,
  role,
  ...login,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const publishImage = command({
  name: 'publish_image',
  summary: "Join the platforms' images into one index and tag it with the commit SHA, once.",
  description:
    'Reads the digests that the build_image jobs left, checks in the registry that each is there and is of its platform, pushes the image index and then the tag. The tag of a commit is never moved: when it is there with the same digest that is success; when another pipeline of the commit came first, its image is the image of the commit, and this command says so and goes on with it. Writes release.json. Pointers are for people: nothing is ever deployed by them.',
  parameters,
  files: [
    { path: '.build-once/OS-ARCHITECTURE.json', what: 'Read: one for each of --platforms, from the build_image jobs.' },
    { path: '.build-once/release.json', what: 'Written: commit, repository, digest and platforms.' },
  ],
  examples: [
    {
      command:
        'build-once publish-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --platforms linux/amd64,linux/arm64',
      what: 'join what two build jobs have pushed',
    },
    {
      command: 'build-once publish-image --repository ghcr.io/acme/shop --pointers branch,semver',
      what: 'and move tags for people: main, or 1.4.2, 1.4 and 1',
    },
  ],
  seeAlso: ['build-once build-image', 'build-once verify-image', 'docs/guarantee.md'],
  run: () => import('./run.js'),
});
