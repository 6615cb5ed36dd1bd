import { approvalInSerialGroup } from './delivery/approval-in-serial-group.js';
import { deployAfterFailure } from './delivery/deploy-after-failure.js';
import { deployNotAwaited } from './delivery/deploy-not-awaited.js';
import { deployOnAnyBranch } from './delivery/deploy-on-any-branch.js';
import { earlyCredentials } from './delivery/early-credentials.js';
import { environmentBuilds } from './delivery/environment-builds.js';
import { greenRollback } from './delivery/green-rollback.js';
import { holdBypassed } from './delivery/hold-bypassed.js';
import { holdSkippedByStatus } from './delivery/hold-skipped-by-status.js';
import { idleHold } from './delivery/idle-hold.js';
import { ignoredFailure } from './delivery/ignored-failure.js';
import { imageBuiltTwice } from './delivery/image-built-twice.js';
import { migrationAfterDeploy } from './delivery/migration-after-deploy.js';
import { migrationNotAwaited } from './delivery/migration-not-awaited.js';
import { mutableTag } from './delivery/mutable-tag.js';
import { overlappingDeploys } from './delivery/overlapping-deploys.js';
import { productionBesideStaging } from './delivery/production-beside-staging.js';
import { productionWithoutHold } from './delivery/production-without-hold.js';
import { promoteByMutableTag } from './delivery/promote-by-mutable-tag.js';
import { workspaceAfterApproval } from './delivery/workspace-after-approval.js';
import { allStatuses } from './meaning/all-statuses.js';
import { alwaysTrue } from './meaning/always-true.js';
import { ambiguousRequires } from './meaning/ambiguous-requires.js';
import { approvalShadowsJob } from './meaning/approval-shadows-job.js';
import { cacheKey } from './meaning/cache-key.js';
import { cacheTemplate } from './meaning/cache-template.js';
import { contextList } from './meaning/context-list.js';
import { cycle } from './meaning/cycle.js';
import { definitionName } from './meaning/definition-name.js';
import { deprecatedDeployStep } from './meaning/deprecated-deploy-step.js';
import { deprecatedImage } from './meaning/deprecated-image.js';
import { deprecatedPipelineValue } from './meaning/deprecated-pipeline-value.js';
import { duplicateKey } from './meaning/duplicate-key.js';
import { emptyMatrix } from './meaning/empty-matrix.js';
import { emptyWorkspace } from './meaning/empty-workspace.js';
import { endlessCommand } from './meaning/endless-command.js';
import { filtersAsMapping } from './meaning/filters-as-mapping.js';
import { ignoredApprovalKey } from './meaning/ignored-approval-key.js';
import { ignoredSteps } from './meaning/ignored-steps.js';
import { imageDigest } from './meaning/image-digest.js';
import { largeMatrix } from './meaning/large-matrix.js';
import { machineWithoutImage } from './meaning/machine-without-image.js';
import { missingParameter } from './meaning/missing-parameter.js';
import { missingTagFilter } from './meaning/missing-tag-filter.js';
import { missingTestResults } from './meaning/missing-test-results.js';
import { mixedExpression } from './meaning/mixed-expression.js';
import { nameByCase } from './meaning/name-by-case.js';
import { nestedGroup } from './meaning/nested-group.js';
import { neverRuns } from './meaning/never-runs.js';
import { noWorkflows } from './meaning/no-workflows.js';
import { notYaml } from './meaning/not-yaml.js';
import { orbReference } from './meaning/orb-reference.js';
import { overrideWith } from './meaning/override-with.js';
import { parallelismOfOne } from './meaning/parallelism-of-one.js';
import { parameterName } from './meaning/parameter-name.js';
import { redundantType } from './meaning/redundant-type.js';
import { remoteDockerOnMachine } from './meaning/remote-docker-on-machine.js';
import { remoteDockerTwice } from './meaning/remote-docker-twice.js';
import { reservedParameter } from './meaning/reserved-parameter.js';
import { retiredMachineImage } from './meaning/retired-machine-image.js';
import { retiredResourceClass } from './meaning/retired-resource-class.js';
import { sameName } from './meaning/same-name.js';
import { sameSerialGroup } from './meaning/same-serial-group.js';
import { scheduledWorkflow } from './meaning/scheduled-workflow.js';
import { shadowedStep } from './meaning/shadowed-step.js';
import { sharedName } from './meaning/shared-name.js';
import { tooLarge } from './meaning/too-large.js';
import { tooManyContexts } from './meaning/too-many-contexts.js';
import { twoConditions } from './meaning/two-conditions.js';
import { unbalancedIgnore } from './meaning/unbalanced-ignore.js';
import { unclosedReference } from './meaning/unclosed-reference.js';
import { unknownCommand } from './meaning/unknown-command.js';
import { unknownExecutor } from './meaning/unknown-executor.js';
import { unknownJob } from './meaning/unknown-job.js';
import { unknownParameter } from './meaning/unknown-parameter.js';
import { unknownPipelineValue } from './meaning/unknown-pipeline-value.js';
import { unknownRequires } from './meaning/unknown-requires.js';
import { unknownValue } from './meaning/unknown-value.js';
import { unreachableJob } from './meaning/unreachable-job.js';
import { untaggedImage } from './meaning/untagged-image.js';
import { unusedAnchor } from './meaning/unused-anchor.js';
import { unusedCommand } from './meaning/unused-command.js';
import { unusedExecutor } from './meaning/unused-executor.js';
import { unusedJob } from './meaning/unused-job.js';
import { unusedJobGroup } from './meaning/unused-job-group.js';
import { unusedOrb } from './meaning/unused-orb.js';
import { unusedParameter } from './meaning/unused-parameter.js';
import { unusedPipelineParameter } from './meaning/unused-pipeline-parameter.js';
import { variableName } from './meaning/variable-name.js';
import { version2Feature } from './meaning/version-2-feature.js';
import { workflowsVersion } from './meaning/workflows-version.js';
import { wrongDefault } from './meaning/wrong-default.js';
import { wrongExample } from './meaning/wrong-example.js';
import { wrongExpression } from './meaning/wrong-expression.js';
import { wrongForm } from './meaning/wrong-form.js';
import { wrongGroupKey } from './meaning/wrong-group-key.js';
import { wrongLogic } from './meaning/wrong-logic.js';
import { wrongMatrix } from './meaning/wrong-matrix.js';
import { wrongParameter } from './meaning/wrong-parameter.js';
import { wrongPattern } from './meaning/wrong-pattern.js';
import { wrongSerialGroup } from './meaning/wrong-serial-group.js';
import { yamlSurprise } from './meaning/yaml-surprise.js';
import type { Rule } from './rule.js';
import { allSshKeys } from './security/all-ssh-keys.js';
import { contextForOutsiders } from './security/context-for-outsiders.js';
import { credentialsInWorkspace } from './security/credentials-in-workspace.js';
import { floatingImage } from './security/floating-image.js';
import { floatingOrb } from './security/floating-orb.js';
import { insecureTransport } from './security/insecure-transport.js';
import { literalSecret } from './security/literal-secret.js';
import { pipedDownload } from './security/piped-download.js';
import { printedSecret } from './security/printed-secret.js';
import { secretInArguments } from './security/secret-in-arguments.js';
import { shellInjection } from './security/shell-injection.js';
import { shellTrace } from './security/shell-trace.js';
import { unknownHost } from './security/unknown-host.js';
import { checkoutDepth } from './shape/checkout-depth.js';
import { deprecated } from './shape/deprecated.js';
import { emptySection } from './shape/empty-section.js';
import { ignoredKey } from './shape/ignored-key.js';
import { missingKey } from './shape/missing-key.js';
import { oneEnvironment } from './shape/one-environment.js';
import { rerunOptions } from './shape/rerun-options.js';
import { stepIndentation } from './shape/step-indentation.js';
import { unknownKey } from './shape/unknown-key.js';
import { unknownSection } from './shape/unknown-section.js';
import { wrongEntry } from './shape/wrong-entry.js';
import { wrongType } from './shape/wrong-type.js';
import { wrongValue } from './shape/wrong-value.js';

/** Every rule, by group. */
export const rules: readonly Rule[] = [
  // Shape.
  checkoutDepth,
  deprecated,
  emptySection,
  ignoredKey,
  missingKey,
  oneEnvironment,
  rerunOptions,
  stepIndentation,
  unknownKey,
  unknownSection,
  wrongEntry,
  wrongType,
  wrongValue,
  // Meaning.
  allStatuses,
  alwaysTrue,
  ambiguousRequires,
  approvalShadowsJob,
  cacheKey,
  cacheTemplate,
  contextList,
  cycle,
  definitionName,
  deprecatedDeployStep,
  deprecatedImage,
  deprecatedPipelineValue,
  duplicateKey,
  emptyMatrix,
  emptyWorkspace,
  endlessCommand,
  filtersAsMapping,
  ignoredApprovalKey,
  ignoredSteps,
  imageDigest,
  largeMatrix,
  machineWithoutImage,
  missingParameter,
  missingTagFilter,
  missingTestResults,
  mixedExpression,
  nameByCase,
  nestedGroup,
  neverRuns,
  noWorkflows,
  notYaml,
  orbReference,
  overrideWith,
  parallelismOfOne,
  parameterName,
  redundantType,
  remoteDockerOnMachine,
  remoteDockerTwice,
  reservedParameter,
  retiredMachineImage,
  retiredResourceClass,
  sameName,
  sameSerialGroup,
  scheduledWorkflow,
  shadowedStep,
  sharedName,
  tooLarge,
  tooManyContexts,
  twoConditions,
  unbalancedIgnore,
  unclosedReference,
  unknownCommand,
  unknownExecutor,
  unknownJob,
  unknownParameter,
  unknownPipelineValue,
  unknownRequires,
  unknownValue,
  unreachableJob,
  untaggedImage,
  unusedAnchor,
  unusedCommand,
  unusedExecutor,
  unusedJob,
  unusedJobGroup,
  unusedOrb,
  unusedParameter,
  unusedPipelineParameter,
  variableName,
  version2Feature,
  workflowsVersion,
  wrongDefault,
  wrongExample,
  wrongExpression,
  wrongForm,
  wrongGroupKey,
  wrongLogic,
  wrongMatrix,
  wrongParameter,
  wrongPattern,
  wrongSerialGroup,
  yamlSurprise,
  // Delivery.
  approvalInSerialGroup,
  deployAfterFailure,
  deployNotAwaited,
  deployOnAnyBranch,
  earlyCredentials,
  environmentBuilds,
  greenRollback,
  holdBypassed,
  holdSkippedByStatus,
  idleHold,
  ignoredFailure,
  imageBuiltTwice,
  migrationAfterDeploy,
  migrationNotAwaited,
  mutableTag,
  overlappingDeploys,
  productionBesideStaging,
  productionWithoutHold,
  promoteByMutableTag,
  workspaceAfterApproval,
  // Security.
  allSshKeys,
  contextForOutsiders,
  credentialsInWorkspace,
  floatingImage,
  floatingOrb,
  insecureTransport,
  literalSecret,
  pipedDownload,
  printedSecret,
  secretInArguments,
  shellInjection,
  shellTrace,
  unknownHost,
];
