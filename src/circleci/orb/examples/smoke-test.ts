import { approval, build, cluster, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY } from './usage.js';

/** Steps of the caller's own in a deploy job. */
export const deployWithSmokeTest = example(
  'Test staging when it runs the new digest. When the test fails, staging has not passed the digest, so production refuses it, whoever approves. The checkout is a pre-step: it needs an empty folder.',
  onMain([
    build({ repository: REPOSITORY, role: PUSH_ROLE }),
    publish(['build'], { repository: REPOSITORY, role: PUSH_ROLE }),
    deploy('staging', 'publish', {
      ...cluster('staging'),
      'pre-steps': ['checkout'],
      after_deploy: [{ run: { name: 'Smoke test', command: './smoke.sh https://staging.shop.example.com' } }],
    }),
    approval('request_prod', 'deploy-staging'),
    deploy('production', 'request_prod', { ...cluster('production'), after: 'staging' }),
  ]),
);
