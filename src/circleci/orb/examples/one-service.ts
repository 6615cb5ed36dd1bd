import { build, deploy, example, onMain, publish } from './usage.js';

const repository = 'ghcr.io/acme/shop';
const login = { username: '$GHCR_USERNAME', password: '$GHCR_TOKEN' };

/** The smallest pipeline with a database. */
export const oneServiceWithMigration = example(
  'One service, one environment: migrate the database with the very image that is about to run, then deploy it. The cluster is reached with a kubeconfig that the context shop-production holds.',
  onMain([
    build({ context: ['ghcr'], repository, ...login }),
    publish(['build'], { context: ['ghcr'], repository, ...login }),
    deploy('production', 'publish', {
      context: ['ghcr', 'shop-production'],
      repository,
      ...login,
      kubeconfig: '$PRODUCTION_KUBECONFIG',
      namespace: 'shop',
      workloads: 'deployment/web',
      migration: '["python", "manage.py", "migrate"]',
      migration_workload: 'deployment/web',
      migration_timeout: '10m',
    }),
  ]),
);
