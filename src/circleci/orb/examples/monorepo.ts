import { example } from './usage.js';

/** The setup config of several images in one repository. */
export const runOnlyWhatHasChanged = example(
  'The setup config of a monorepo: continue with .circleci/continue_config.yml, in which the pipeline parameters service-api, service-web and every-service say what runs.',
  {
    setup: true,
    jobs: {
      continue: {
        executor: 'build-once/node',
        steps: [
          'checkout',
          'build-once/install',
          { restore_cache: { key: 'build-once-continued/{{ .Branch }}/' } },
          {
            'build-once/continue_pipeline': {
              configuration_path: '.circleci/continue_config.yml',
              services: '{"api": ["services/api", "libs"], "web": ["services/web"]}',
              branches: '["main"]',
              base_revision: '<< pipeline.git.base_revision >>',
            },
          },
          { save_cache: { key: 'build-once-continued/{{ .Branch }}/{{ epoch }}', paths: ['.build-once/continued'] } },
        ],
      },
    },
    workflows: { setup: { jobs: ['continue'] } },
  },
);
