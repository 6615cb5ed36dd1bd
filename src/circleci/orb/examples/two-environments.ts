import { approval, build, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY, roleOf } from './usage.js';

const cluster = (environment: string) => ({
  context: [`shop-${environment}`],
  repository: REPOSITORY,
  role: roleOf(environment),
  eks: environment,
  region: 'us-east-1',
  namespace: 'shop',
  workloads: 'deployment/web,deployment/worker',
  migration: '["node", "migrate.js"]',
  migration_workload: 'deployment/web',
  component: 'shop',
});

/** The whole way of an image, as generated configs have it. */
export const twoEnvironments = example(
  'Build once for two platforms, deploy staging by itself, and ship the same digest to production after an approval. Each deployment is shown in the deploys page of CircleCI.',
  onMain([
    build({ name: 'build-amd64', repository: REPOSITORY, role: PUSH_ROLE }),
    build({
      name: 'build-arm64',
      executor: 'build-once/linux_arm64',
      repository: REPOSITORY,
      platform: 'linux/arm64',
      role: PUSH_ROLE,
    }),
    publish(['build-amd64', 'build-arm64'], {
      repository: REPOSITORY,
      platforms: 'linux/amd64,linux/arm64',
      role: PUSH_ROLE,
    }),
    deploy('staging', 'publish', cluster('staging')),
    approval('request_prod', 'deploy-staging'),
    deploy('production', 'request_prod', { ...cluster('production'), after: 'staging' }),
  ]),
);
