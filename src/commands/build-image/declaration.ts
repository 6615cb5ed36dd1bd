import { command, type Parameters } from '../command.js';
import { commit, directory, dryRun, login, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository,
  platform: { type: 'string', description: 'Platform to build for.', example: 'linux/amd64' },
  context: { type: 'string', description: 'Folder that the build may read.', default: '.' },
  dockerfile: { type: 'string', description: 'Path of the Dockerfile.', default: 'Dockerfile' },
  target: { type: 'string', description: 'Stage of the Dockerfile to build. Empty: the last.', default: '' },
  args: {
    type: 'string',
    description: 'Build arguments, as a JSON object of strings. They stay in the image: nothing secret. Empty: none.',
    default: '',
    example: '{"NODE_ENV": "production"}',
    verbatim: true,
  },
  secrets: {
    type: 'string',
    description:
      'Names of environment variables, separated by commas, that a RUN may mount as BuildKit secrets of the same id. They are in no layer. Empty: none.',
    default: '',
    example: 'NPM_TOKEN',
    verbatim: true,
  },
  cache: {
    type: 'enum',
    enum: ['none', 'registry'],
    description:
      'Where layers are kept between builds. registry: under the tag buildcache-<os>-<architecture> of the repository, which must be one that can be moved.',
    default: 'none',
  },
  attestations: {
    type: 'string',
    description:
      'What BuildKit says about the image beside it, in its index, separated by commas: provenance (from what and how it was built), sbom (the packages in it, found by an image of Docker Hub). Empty: nothing.',
    default: '',
    example: 'provenance,sbom',
  },
  builder: { type: 'string', description: 'Name of a buildx builder. Empty: the current one.', default: '' },
  commit,
  role,
  ...login,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const buildImage = command({
  name: 'build_image',
  summary: "Build the commit's image for one platform and push it by digest.",
  description:
    'Builds with docker buildx on a machine of that very platform, or with docker build where there is no buildx, and pushes the image without a tag, so nothing can be deployed before every platform is there. A builder that cannot push without one gets the tag COMMIT-OS-ARCHITECTURE, which nothing deploys. The image has labels org.opencontainers.image.* with commit, time, repository and git tag; the others (title, licenses) are for the Dockerfile to set, since git does not know them. A push that is silent says every minute that it goes on. Writes its digest for publish_image. Does nothing when the commit already has a published image: a job that is run again never makes a second image of a commit.',
  parameters,
  files: [
    {
      path: '.build-once/OS-ARCHITECTURE.json',
      what: 'Written: the digest of the platform, for publish_image in a later job.',
    },
  ],
  examples: [
    {
      command:
        'build-once build-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --platform linux/amd64',
      what: 'build the commit of the job for amd64, with the AWS credentials of the job',
    },
    {
      command:
        "build-once build-image --repository ghcr.io/acme/shop --platform linux/arm64 --username acme --password '$GHCR_TOKEN'",
      what: 'another registry, with a login from the environment',
    },
    {
      command:
        'build-once build-image --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --platform linux/amd64 --dry-run',
      what: 'print the docker command that it would run',
    },
  ],
  seeAlso: ['build-once publish-image', 'docs/spec.md'],
  run: () => import('./run.js'),
});
