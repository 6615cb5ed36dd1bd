import { example, onMain, REPOSITORY } from './usage.js';

/** The commands of the orb in a job of the caller's own. */
export const migrateInAJobOfYourOwn = example(
  'Call the commands from a job of your own: here a migration with the digest that is about to run.',
  {
    jobs: {
      migrate: {
        executor: 'build-once/node',
        steps: [
          'checkout',
          'build-once/install',
          {
            'build-once/verify_image': {
              repository: REPOSITORY,
              environment: 'staging',
              workloads: 'deployment/web',
              namespace: 'shop',
              kubeconfig: '$STAGING_KUBECONFIG',
            },
          },
          {
            'build-once/run_migration': {
              environment: 'staging',
              command: '["node", "migrate.js"]',
              workload: 'deployment/web',
              namespace: 'shop',
              kubeconfig: '$STAGING_KUBECONFIG',
            },
          },
        ],
      },
    },
    ...onMain([{ migrate: { context: ['shop-staging'] } }]),
  },
);

/** Deploy markers without the orb's deploy job. */
export const markADeploymentOfYourOwn = example(
  "Show a deployment that you make yourself in CircleCI's deploys page, whatever becomes of it.",
  {
    jobs: {
      deploy: {
        executor: 'build-once/node',
        steps: [
          'checkout',
          { 'build-once/plan_release': { name: 'staging', environment_name: 'staging', component_name: 'shop' } },
          { 'build-once/update_release': { name: 'staging', status: 'RUNNING' } },
          { run: { name: 'Deploy', command: './deploy.sh' } },
          { 'build-once/update_release': { name: 'staging', status: 'SUCCESS' } },
          { 'build-once/update_release': { name: 'staging', status: 'FAILED', when: 'on_fail' } },
        ],
      },
    },
    ...onMain(['deploy']),
  },
);
