import { role, stringList, workloadIdentity } from './schema-parts.js';

/** The parts of the JSON Schema about the image: how it is built, named and logged in for. */

const VARIABLE = '^[A-Za-z_][A-Za-z0-9_]*$';

const machine = (platform: string, resourceClass: string) => ({
  description: `Machine that builds ${platform}.`,
  examples: [{ resource_class: resourceClass }],
  type: 'object',
  additionalProperties: false,
  properties: {
    resource_class: {
      description:
        'Resource class. NAMESPACE/RUNNER is a self-hosted runner, which must be of that platform and have Docker, best with buildx, and Node. Default: medium for linux/amd64, arm.medium for linux/arm64.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$',
      examples: [resourceClass, 'acme/builders'],
    },
    image: {
      description:
        'Machine image, with Docker and Node. A self-hosted runner has none. Default: the one of gen-config.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._-]*$',
      examples: ['ubuntu-2404:2025.09.1'],
    },
  },
});

/** `image.build`. */
const build = {
  description: 'How docker builds it.',
  examples: [{ target: 'production', cache: 'registry' }],
  type: 'object',
  additionalProperties: false,
  properties: {
    args: {
      description:
        'Build arguments by name; each value is a string and is passed as it is. They stay in the image: nothing secret.',
      default: {},
      examples: [{ NODE_ENV: 'production' }],
      type: 'object',
      propertyNames: { pattern: VARIABLE },
      additionalProperties: { type: 'string', examples: ['20'] },
    },
    secrets: {
      description:
        'Names of environment variables, held by the contexts of the image, that a RUN may mount: RUN --mount=type=secret,id=NPM_TOKEN. They are in no layer. One that is not set fails the build before it starts.',
      default: [],
      examples: [['NPM_TOKEN']],
      type: 'array',
      items: { type: 'string', pattern: VARIABLE },
      uniqueItems: true,
    },
    target: {
      description: 'Stage of the Dockerfile to build. Default: the last.',
      type: 'string',
      minLength: 1,
      examples: ['production'],
    },
    cache: {
      description:
        "Where layers are kept between builds: nowhere, in the repository itself (tag buildcache-linux-amd64, which must be one that can be moved), or by CircleCI's docker_layer_caching on the machine.",
      default: 'none',
      examples: ['registry'],
      enum: ['none', 'registry', 'layers'],
    },
    attestations: {
      description:
        'What BuildKit says about the image in its index: provenance, from what and how it was built; sbom, the packages in it, found by an image of Docker Hub. They go with the image from registry to registry.',
      default: [],
      examples: [['provenance', 'sbom']],
      type: 'array',
      items: { enum: ['provenance', 'sbom'] },
      uniqueItems: true,
    },
    machines: {
      description: 'Other machines than those of gen-config, by platform.',
      default: {},
      examples: [{ 'linux/arm64': { resource_class: 'arm.large' } }],
      type: 'object',
      additionalProperties: false,
      properties: {
        'linux/amd64': machine('linux/amd64', 'large'),
        'linux/arm64': machine('linux/arm64', 'arm.large'),
      },
    },
  },
};

/** `image.tags`. */
const tags = {
  description:
    'Pointers: tags beside the commit SHA that are moved to the image that is published last. branch is the name of the branch, git-tag that of the git tag, semver 1.4.2, 1.4 and 1 of a git tag v1.4.2, moved only forward. Nothing is ever deployed by them.',
  default: [],
  examples: [['branch', 'semver']],
  type: 'array',
  items: { enum: ['branch', 'git-tag', 'semver'] },
  uniqueItems: true,
};

const variable = (what: string, example: string) => ({
  description: `Name of the environment variable that holds the ${what}.`,
  type: 'string',
  pattern: VARIABLE,
  examples: [example],
});

/** `image.login`. */
export const login = {
  description:
    'Login for Docker Hub, GHCR or any other registry, by environment variables that the contexts of all jobs hold. Not together with role.',
  examples: [{ username: 'DOCKERHUB_USERNAME', password: 'DOCKERHUB_TOKEN' }],
  type: 'object',
  additionalProperties: false,
  required: ['username', 'password'],
  properties: {
    username: variable('user', 'DOCKERHUB_USERNAME'),
    password: variable('password or token', 'DOCKERHUB_TOKEN'),
  },
};

/** `image`. */
export const image = {
  description: 'The image: built once per commit, on a machine of each platform.',
  examples: [{ repository: '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop' }],
  type: 'object',
  additionalProperties: false,
  properties: {
    repository: {
      description:
        'Repository with its registry, without a tag: tags are made from commits. Needed; with services, in each service.',
      type: 'string',
      examples: ['123456789012.dkr.ecr.us-east-1.amazonaws.com/shop'],
    },
    role: role('the build and publish jobs assume', 'Without it they use the AWS credentials of their contexts.'),
    context: stringList('Context, or list of contexts, of the build and publish jobs.', ['shop-registry']),
    platforms: {
      description: 'Platforms to build for, each on a machine of its own kind: no emulation.',
      default: ['linux/amd64'],
      examples: [['linux/amd64', 'linux/arm64']],
      type: 'array',
      items: { enum: ['linux/amd64', 'linux/arm64'] },
      minItems: 1,
      uniqueItems: true,
    },
    dockerfile: {
      description:
        'Path of the Dockerfile, from the top of the repository. Default in a service with a path: the Dockerfile in it.',
      default: 'Dockerfile',
      examples: ['docker/web.Dockerfile'],
      type: 'string',
      minLength: 1,
    },
    path: {
      description: 'Folder that the build may read: the build context.',
      default: '.',
      examples: ['services/shop'],
      type: 'string',
      minLength: 1,
    },
    build,
    tags,
    login,
    workload_identity: workloadIdentity('of the build and publish jobs', 'Not together with role or login.'),
  },
};
