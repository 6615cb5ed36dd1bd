import { build, cluster, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY } from './usage.js';

/** OIDC for everything. */
export const authenticateByRoleWithoutSecrets = example(
  "Build, publish and deploy with the OIDC token of each job: IAM roles that trust this project, no context and no stored key. What a branch may do is in the roles' trust policies.",
  onMain([
    build({ repository: REPOSITORY, role: PUSH_ROLE }),
    publish(['build'], { repository: REPOSITORY, role: PUSH_ROLE }),
    deploy('staging', 'publish', cluster('staging')),
  ]),
);
