import { build, cluster, deploy, example, PUSH_ROLE, publish, REPOSITORY, serialGroup } from './usage.js';

/** Both ways back: by itself, and by hand. */
export const rollBack = example(
  'Return the workloads to what they ran before when a deployment fails; and by hand: trigger a pipeline with the parameter roll_back_to, which is "previous", or a commit, a digest or a SemVer tag that production has passed. The restricted context says who may.',
  {
    parameters: { roll_back_to: { type: 'string', default: '' } },
    jobs: {
      'roll-back': {
        executor: 'build-once/node',
        steps: [
          'build-once/install',
          {
            'build-once/rollback': {
              ...cluster('production'),
              environment: 'production',
              to: '<< pipeline.parameters.roll_back_to >>',
            },
          },
        ],
      },
    },
    workflows: {
      deliver: {
        when: 'pipeline.git.branch == "main" and pipeline.parameters.roll_back_to == ""',
        jobs: [
          build({ repository: REPOSITORY, role: PUSH_ROLE }),
          publish(['build'], { repository: REPOSITORY, role: PUSH_ROLE }),
          deploy('production', 'publish', { ...cluster('production'), rollback: 'automatic' }),
        ],
      },
      'roll-back': {
        when: 'pipeline.parameters.roll_back_to != ""',
        jobs: [{ 'roll-back': { context: ['shop-production'], 'serial-group': serialGroup('production') } }],
      },
    },
  },
);
