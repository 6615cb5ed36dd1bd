import { approval, build, cluster, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY } from './usage.js';

/** A fan-out after one approval. */
export const twoRegions = example(
  'Ask once, and deploy two regions at the same time with the digest that staging has run.',
  onMain([
    build({ repository: REPOSITORY, role: PUSH_ROLE }),
    publish(['build'], { repository: REPOSITORY, role: PUSH_ROLE }),
    deploy('staging', 'publish', cluster('staging')),
    approval('request_prod', 'deploy-staging'),
    deploy('production-us', 'request_prod', { ...cluster('production-us'), after: 'staging' }),
    deploy('production-eu', 'request_prod', { ...cluster('production-eu', 'eu-west-1'), after: 'staging' }),
  ]),
);
