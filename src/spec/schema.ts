import { defaults, environment } from './environment-schema.js';
import { image } from './image-schema.js';
import { jobList, stringList } from './schema-parts.js';

const NAME = '^[a-z][a-z0-9_-]{0,39}$';

const test = jobList(
  'Jobs of .circleci/base.yml that must pass before anything is built. Each is a name, or a mapping with the job, its filters and its contexts.',
  'e2e',
  [['unit', 'lint'], [{ job: 'e2e', filters: 'pipeline.git.branch == "main"' }]],
  {
    filters: {
      description:
        'When the job runs: an expression of pipeline values, without << >>. Where it is false CircleCI leaves the job out, and what is built and deployed does not wait for it. One test at least, or check, must be without filters, since CircleCI also leaves out a job all of whose required jobs are left out.',
      type: 'string',
      minLength: 1,
      examples: ['pipeline.git.branch == "main"'],
    },
  },
);

const component = {
  description:
    "Name of the component in CircleCI's deploys page. With it every deploy job plans and updates a deploy marker.",
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$',
  examples: ['shop'],
};

/** A list that has no default of its own. */
function ownList<T extends { readonly default: unknown }>({ default: _, ...list }: T): Omit<T, 'default'> {
  return list;
}

/** One of several images of the repository. */
const service = {
  description:
    'A service: its image, and what it has of its own. Everything else it takes from the top level, key by key. Or the path of a YAML file with these keys.',
  examples: [{ image: { path: 'services/api', repository: 'ghcr.io/acme/api' } }, 'services/api/build-once.yml'],
  type: ['object', 'string'],
  minLength: 1,
  additionalProperties: false,
  properties: {
    paths: ownList(
      stringList(
        'Files and folders that it is made of, from the top of the repository: when one of them has changed, it is tested, built and deployed. "*" stands for any part of a name, "**" for any folders, "." for everything. Its Dockerfile always counts. Default: the path of the image.',
        ['services/api', 'libs/common'],
      ),
    ),
    image: {
      ...image,
      description: 'Its image. A service that has none has its tests alone.',
      examples: [{ path: 'services/api', repository: 'ghcr.io/acme/api' }],
    },
    test: { ...ownList(test), description: `${test.description} Default: those of the top level.` },
    component: { ...component, examples: ['api'] },
    defaults: { ...defaults, description: 'What its environments share, over the defaults of the top level.' },
    environments: {
      description:
        'What it changes in the environments of the top level, all of which it has, and others of its own. False: it does without that one.',
      examples: [{ production: { approval: 'request_api' } }, { production: false }],
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: { ...environment, type: ['object', 'boolean'] },
    },
  },
};

const $schema = 'http://json-schema.org/draft-07/schema#';

/** The JSON Schema of a service's own file; emitted to generated/service.schema.json. */
export const serviceSchema = { $schema, title: 'build-once service', ...service, type: 'object' };

/** The JSON Schema (draft-07, which editors read) of `.circleci/build-once.yml`; emitted to generated/schema.json. */
export const schema = {
  $schema,
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
    test,
    check: {
      description:
        'Adds a job, check-config, to every workflow: it runs "gen-config check" from npm, at the version that wrote the config, and nothing is built unless it passes.',
      default: false,
      examples: [true],
      type: 'boolean',
    },
    component,
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
      propertyNames: { pattern: NAME },
      additionalProperties: environment,
    },
    services: {
      description:
        'The images of a repository that has several, by name, which is part of the names of jobs and workflows. What stands beside it, but for version, orb, install and check, is shared by all. Each has workflows of its own, and only those run whose paths have changed.',
      examples: [{ api: { image: { path: 'services/api', repository: 'ghcr.io/acme/api' } } }],
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: service,
    },
  },
} as const;
