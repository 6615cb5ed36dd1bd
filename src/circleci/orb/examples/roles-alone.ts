import { build, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY, roleOf } from './usage.js';

/** OIDC for everything. */
export const authenticateByRoleWithoutSecrets = example(
  "Build, publish and deploy with the OIDC token of each job: IAM roles that trust this project, no context and no stored key. What a branch may do is in the roles' trust policies.",
  onMain([
    build({ repository: REPOSITORY, role: PUSH_ROLE }),
    publish(['build'], { repository: REPOSITORY, role: PUSH_ROLE }),
    deploy('staging', 'publish', {
      repository: REPOSITORY,
      role: roleOf('staging'),
      eks: 'staging',
      region: 'us-east-1',
      namespace: 'shop',
      workloads: 'deployment/web',
    }),
  ]),
);
