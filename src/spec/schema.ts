import { build, login, tags } from './image-schema.js';

/** The JSON Schema (draft-07, which editors read) of `.circleci/build-once.yml`; emitted to generated/schema.json. */

const stringList = (description: string, example: readonly string[]) => ({
  description,
  default: [],
  examples: [example, example[0]],
  type: ['array', 'string'],
  items: { type: 'string', minLength: 1 },
  uniqueItems: true,
  minLength: 1,
});

const role = (jobs: string, fallback: string) => ({
  description: `ARN of the IAM role that ${jobs} with the job's OIDC token. ${fallback}`,
  type: 'string',
  pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$',
  examples: ['arn:aws:iam::123456789012:role/shop-push'],
});

const workload = {
  type: 'string',
  pattern: '^deployment/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
  examples: ['deployment/web'],
};

const image = {
  description: 'The image: built once per commit, on a machine of each platform.',
  examples: [{ repository: '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop' }],
  type: 'object',
  additionalProperties: false,
  required: ['repository'],
  properties: {
    repository: {
      description: 'Repository with its registry, without a tag: tags are made from commits.',
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
      description: 'Path of the Dockerfile, from the top of the repository.',
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
  },
};

const kubernetes = {
  description: 'The cluster and the workloads that run the image. One of eks and kubeconfig says how it is reached.',
  examples: [{ eks: 'staging', region: 'us-east-1', namespace: 'shop', workloads: ['deployment/web'] }],
  type: 'object',
  additionalProperties: false,
  properties: {
    eks: {
      description: 'Name of the EKS cluster, reached with the role of the environment. Needs region.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$',
      examples: ['staging'],
    },
    region: {
      description: 'AWS region of the EKS cluster.',
      type: 'string',
      pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$',
      examples: ['us-east-1'],
    },
    kubeconfig: {
      description:
        'Name of an environment variable, set in a context, that holds a kubeconfig: the file itself, plain or in base64, or its path.',
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      examples: ['STAGING_KUBECONFIG'],
    },
    namespace: {
      description: 'Namespace of the workloads. Needed, here or in defaults.',
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      examples: ['shop'],
    },
    workloads: {
      description: 'Workloads that are set to the digest and waited for. Needed, here or in defaults.',
      examples: [['deployment/web', 'deployment/worker']],
      type: 'array',
      items: workload,
      minItems: 1,
      uniqueItems: true,
    },
  },
};

const migration = {
  description: 'A database migration, run as a Kubernetes Job with the digest that is about to be deployed.',
  examples: [{ command: ['node', 'migrate.js'] }],
  type: 'object',
  additionalProperties: false,
  required: ['command'],
  properties: {
    command: {
      description: 'Command and its arguments. No shell reads it.',
      examples: [['node', 'migrate.js']],
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
    },
    workload: {
      ...workload,
      description: "Workload whose Pod the migration's is like: environment, secrets, volumes. Default: the first.",
    },
    timeout: {
      description: 'How long the migration may take.',
      default: '30m',
      examples: ['2h', '90s'],
      type: 'string',
      pattern: '^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$',
      minLength: 2,
    },
  },
};

/** A list of jobs of the base, by name or with contexts of their own. */
const hooks = (description: string, example: string) => ({
  description: `${description} Each is a name, or a mapping with the job and its contexts: it gets none of the environment's.`,
  default: [],
  examples: [[example], [{ job: example, context: `shop-${example}` }]],
  type: ['array', 'string'],
  items: {
    type: ['string', 'object'],
    minLength: 1,
    additionalProperties: false,
    required: ['job'],
    properties: {
      job: { description: 'Name of the job.', type: 'string', minLength: 1, examples: [example] },
      context: stringList('Context, or list of contexts, of the job.', [`shop-${example}`]),
    },
  },
  uniqueItems: true,
  minLength: 1,
});

const environment = {
  description: 'An environment. Exactly one of branch, tag and after says what starts it.',
  examples: [{ after: 'staging', approval: 'request_prod', context: 'shop-production' }],
  type: 'object',
  additionalProperties: false,
  properties: {
    branch: {
      description: 'Deployed by itself after a push or a merge to this branch.',
      type: 'string',
      minLength: 1,
      examples: ['main'],
    },
    tag: {
      description: 'Deployed when a git tag of this pattern is pushed; "*" stands for any text.',
      type: 'string',
      minLength: 1,
      examples: ['v*'],
    },
    after: {
      description: 'Deployed after this environment, with the very digest that it has run.',
      type: 'string',
      examples: ['staging'],
    },
    approval: {
      description:
        'Name of the approval job before it, or false for none. Default: request_NAME with after, none with branch and tag.',
      type: ['string', 'boolean'],
      pattern: '^[a-z][a-z0-9_-]*$',
      examples: ['request_prod', false],
    },
    approvers: {
      description:
        'A note on who may approve, for people who read the config or "gen-config explain". What restricts it is the context.',
      type: 'string',
      minLength: 1,
      examples: ['the release managers'],
    },
    before_deploy: hooks(
      'Jobs of .circleci/base.yml that must pass before the deploy job starts, after the approval. In the workflow they are called JOB-before-NAME.',
      'backup',
    ),
    after_deploy: hooks(
      'Jobs of .circleci/base.yml that run after the deploy job. What comes after this environment, its approval too, waits for them. In the workflow they are called JOB-NAME.',
      'smoke',
    ),
    context: stringList('Context, or list of contexts, of the deploy job. Restrict it to who may deploy.', [
      'shop-production',
    ]),
    role: role('the deploy job assumes', 'Default: the role of the image.'),
    kubernetes,
    migration: {
      ...migration,
      description: `${migration.description} False: none, though defaults has one.`,
      examples: [...migration.examples, false],
      type: ['object', 'boolean'],
    },
  },
};

const defaults = {
  description:
    'What all environments share. The own keys of an environment win; kubernetes is merged key by key, and an environment that names eks or kubeconfig takes the other from nowhere.',
  examples: [{ role: 'arn:aws:iam::123456789012:role/shop-deploy', kubernetes: { region: 'us-east-1' } }],
  type: 'object',
  additionalProperties: false,
  properties: {
    context: environment.properties.context,
    role: environment.properties.role,
    kubernetes: { ...kubernetes, description: 'Keys of kubernetes that all environments share.' },
    migration,
  },
};

export const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'build-once',
  description: 'The spec of a delivery: build an image once, prove it in staging, approve it, ship the same digest.',
  type: 'object',
  additionalProperties: false,
  required: ['version'],
  properties: {
    version: { description: 'Version of this format.', examples: [1], const: 1 },
    orb: {
      description: 'Published orb to import. Default: the orb is written into the config.',
      type: 'string',
      pattern: '^[a-z0-9_-]+/[a-z0-9_-]+@([0-9]+\\.[0-9]+\\.[0-9]+|dev:[A-Za-z0-9_.-]+)$',
      examples: ['acme/build-once@1.2.3'],
    },
    install: {
      description:
        'Where jobs get the build-once program from: npm, by version and integrity hash, or vendored, the file .circleci/build-once.mjs that gen-config writes beside the config.',
      default: 'npm',
      examples: ['vendored'],
      enum: ['npm', 'vendored'],
    },
    image,
    test: {
      ...stringList('Jobs of .circleci/base.yml that must pass before anything is built.', ['unit']),
      examples: [['unit', 'lint']],
    },
    check: {
      description:
        'Adds a job, check-config, to every workflow: it runs "gen-config check" from npm, at the version that wrote the config, and nothing is built unless it passes.',
      default: false,
      examples: [true],
      type: 'boolean',
    },
    component: {
      description:
        "Name of the component in CircleCI's deploys page. With it every deploy job plans and updates a deploy marker.",
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$',
      examples: ['shop'],
    },
    deploy_markers: {
      description: 'False: no deploy markers, though a component is named.',
      default: true,
      examples: [false],
      type: 'boolean',
    },
    defaults,
    environments: {
      description: 'The environments by name. The name is part of tags and job names.',
      default: {},
      examples: [{ staging: { branch: 'main' } }],
      type: 'object',
      propertyNames: { pattern: '^[a-z][a-z0-9_-]{0,39}$' },
      additionalProperties: environment,
    },
  },
} as const;
