import { command, type Parameters } from '../command.js';
import { commit, dryRun } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  configuration_path: {
    type: 'string',
    description: 'Path of the configuration that the pipeline goes on with.',
    default: '.circleci/continue-config.yml',
    verbatim: true,
  },
  services: {
    type: 'string',
    description:
      'JSON object: the files and folders of each service by its name. "*" stands for any part of a name, "**" for any folders, an empty path for everything.',
    example: '{"api": ["services/api", "libs/common"]}',
    verbatim: true,
  },
  branches: {
    type: 'string',
    description:
      'JSON array of the branches that are deployed from. A push to one of them is compared with what this command has continued on it last; a push to any other with where it left them. Empty array: all are others, and left the default branch.',
    default: '[]',
    example: '["main"]',
    verbatim: true,
  },
  record: {
    type: 'string',
    description:
      'File that holds the commit of this branch that was continued last. It is read, written when the pipeline goes on, and is to be kept in a cache of the branch.',
    default: '.build-once/continued',
    verbatim: true,
  },
  base_revision: {
    type: 'string',
    description: 'The pipeline value pipeline.git.base_revision, used where there is no such file.',
    default: '',
    verbatim: true,
  },
  run_all: {
    type: 'boolean',
    description: 'Run every service, whatever has changed.',
    default: false,
  },
  host: {
    type: 'string',
    description: 'Address of CircleCI.',
    default: 'https://circleci.com',
    verbatim: true,
  },
  commit,
  dry_run: dryRun,
} as const satisfies Parameters;

/** The pipeline parameter of the configuration that makes a service run. */
export function serviceParameter(service: string): string {
  return `service-${service}`;
}

/** The pipeline parameter of the configuration that makes every service run. */
export const EVERY_SERVICE = 'every-service';

export const continuePipeline = command({
  name: 'continue_pipeline',
  summary: 'Find out which services have changed, and continue the pipeline with them.',
  description:
    'For the one job of a setup configuration (setup: true). Lists the files that differ from the commit that was continued before, says which service each belongs to, and continues the pipeline with the pipeline parameter service-NAME true for each service that has one, or every-service for all. Every service runs for a git tag, when something below .circleci has changed, and whenever what has changed cannot be known. Needs a checkout, git, and CIRCLE_CONTINUATION_KEY, which CircleCI gives to jobs of a setup configuration.',
  parameters,
  files: [
    { path: '.circleci/continue-config.yml', what: 'Read: what the pipeline goes on with.' },
    { path: '.build-once/continued', what: 'Read and written: the commit that was continued last.' },
  ],
  examples: [
    {
      command: `build-once continue-pipeline --services '{"api": ["services/api"], "web": ["services/web"]}' --branches '["main"]'`,
      what: 'continue with what has changed',
    },
    {
      command: `build-once continue-pipeline --services '{"api": ["services/api"]}' --run-all --dry-run`,
      what: 'say what would run, and send nothing',
    },
  ],
  seeAlso: ['docs/monorepo.md', 'docs/troubleshooting.md'],
  run: () => import('./run.js'),
});
