import { ORB_NAME, VERSION } from '../../version.js';
import type { Plain } from '../sdk.js';

const orbs = { 'build-once': `${ORB_NAME}@${VERSION}` };
const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop';
const push = 'arn:aws:iam::123456789012:role/shop-push';

const serial = (environment: string) => `<< pipeline.project.slug >>/${environment}`;

const deploy = (environment: string, after: string, requires: string): Plain => ({
  'build-once/deploy': {
    name: `deploy-${environment}`,
    context: [`shop-${environment}`],
    'serial-group': serial(environment),
    environment,
    ...(after === '' ? {} : { after }),
    repository,
    role: `arn:aws:iam::123456789012:role/shop-${environment}`,
    eks: environment,
    region: 'us-east-1',
    namespace: 'shop',
    workloads: 'deployment/web,deployment/worker',
    migration: '["node", "migrate.js"]',
    migration_workload: 'deployment/web',
    requires: [requires],
  },
});

/** Usage of the orb, each a whole config. */
export const examples: Readonly<Record<string, Plain>> = {
  promote_one_digest_to_production: {
    description:
      'Build once for two platforms, deploy staging by itself, and ship the same digest to production after an approval.',
    usage: {
      version: 2.1,
      orbs,
      workflows: {
        deliver: {
          when: 'pipeline.git.branch == "main"',
          jobs: [
            { 'build-once/build': { name: 'build-amd64', repository, platform: 'linux/amd64', role: push } },
            {
              'build-once/build': {
                name: 'build-arm64',
                executor: 'build-once/linux_arm64',
                repository,
                platform: 'linux/arm64',
                role: push,
              },
            },
            {
              'build-once/publish': {
                name: 'publish',
                repository,
                platforms: 'linux/amd64,linux/arm64',
                role: push,
                requires: ['build-amd64', 'build-arm64'],
              },
            },
            deploy('staging', '', 'publish'),
            { request_prod: { type: 'approval', requires: ['deploy-staging'] } },
            deploy('production', 'staging', 'request_prod'),
          ],
        },
      },
    },
  },
  mark_a_deployment_of_your_own: {
    description: "Show a deployment that you make yourself in CircleCI's deploys page, whatever becomes of it.",
    usage: {
      version: 2.1,
      orbs,
      jobs: {
        deploy: {
          executor: 'build-once/node',
          steps: [
            'checkout',
            {
              'build-once/plan_release': { name: 'staging', environment_name: 'staging', component_name: 'shop' },
            },
            { 'build-once/update_release': { name: 'staging', status: 'RUNNING' } },
            { run: { name: 'Deploy', command: './deploy.sh' } },
            { 'build-once/update_release': { name: 'staging', status: 'SUCCESS' } },
            { 'build-once/update_release': { name: 'staging', status: 'FAILED', when: 'on_fail' } },
          ],
        },
      },
      workflows: { deploy: { jobs: ['deploy'] } },
    },
  },
  migrate_in_a_job_of_your_own: {
    description: 'Call the commands from a job of your own: here a migration with the digest that is about to run.',
    usage: {
      version: 2.1,
      orbs,
      jobs: {
        migrate: {
          executor: 'build-once/node',
          steps: [
            'build-once/install',
            { 'build-once/verify_image': { repository, environment: 'staging' } },
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
      workflows: { migrate: { jobs: [{ migrate: { context: ['shop-staging'] } }] } },
    },
  },
};
