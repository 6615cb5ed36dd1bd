import { build, cluster, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY } from './usage.js';

/** Other executors and resource classes. */
export const buildOnMachinesOfYourOwn = example(
  'Build amd64 on a larger machine of CircleCI that keeps the layers, arm64 on a self-hosted runner, and deploy from an image of your own.',
  {
    executors: { arm_runner: { machine: true, resource_class: 'acme/arm64' } },
    ...onMain([
      build({
        name: 'build-amd64',
        executor: { name: 'build-once/linux_amd64', resource_class: 'large', docker_layer_caching: true },
        repository: REPOSITORY,
        role: PUSH_ROLE,
      }),
      build({
        name: 'build-arm64',
        executor: 'arm_runner',
        repository: REPOSITORY,
        platform: 'linux/arm64',
        role: PUSH_ROLE,
      }),
      publish(['build-amd64', 'build-arm64'], {
        repository: REPOSITORY,
        platforms: 'linux/amd64,linux/arm64',
        role: PUSH_ROLE,
      }),
      deploy('staging', 'publish', {
        executor: { name: 'build-once/node', image: 'acme/deploy-tools:4.2.0', resource_class: 'medium' },
        ...cluster('staging'),
      }),
    ]),
  },
);
