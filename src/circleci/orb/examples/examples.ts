import type { Plain } from '../../plain.js';
import { anyRegistryWithAContext } from './any-registry.js';
import { buildWithSecretsAndCache } from './build-options.js';
import { releaseAGitTag } from './git-tag.js';
import { runOnlyWhatHasChanged } from './monorepo.js';
import { oneServiceWithMigration } from './one-service.js';
import { markADeploymentOfYourOwn, migrateInAJobOfYourOwn } from './own-jobs.js';
import { buildOnMachinesOfYourOwn } from './own-machines.js';
import { authenticateByRoleWithoutSecrets } from './roles-alone.js';
import { rollBack } from './roll-back.js';
import { deployWithSmokeTest } from './smoke-test.js';
import { twoEnvironments } from './two-environments.js';
import { twoRegions } from './two-regions.js';

/** Usage of the orb, each a whole config, named by what it is for. */
export const examples: Readonly<Record<string, Plain>> = {
  build_and_deploy_to_two_environments: twoEnvironments,
  one_service_with_migration: oneServiceWithMigration,
  any_registry_with_a_context: anyRegistryWithAContext,
  authenticate_by_role_without_secrets: authenticateByRoleWithoutSecrets,
  deploy_with_smoke_test: deployWithSmokeTest,
  roll_back_when_it_fails_and_by_hand: rollBack,
  deploy_two_regions_after_one_approval: twoRegions,
  release_a_git_tag: releaseAGitTag,
  build_with_secrets_and_cache: buildWithSecretsAndCache,
  build_on_machines_of_your_own: buildOnMachinesOfYourOwn,
  run_only_what_has_changed: runOnlyWhatHasChanged,
  migrate_in_a_job_of_your_own: migrateInAJobOfYourOwn,
  mark_a_deployment_of_your_own: markADeploymentOfYourOwn,
};
