import { alwaysTrue } from './meaning/always-true.js';
import { approvalShadowsJob } from './meaning/approval-shadows-job.js';
import { cacheKey } from './meaning/cache-key.js';
import { cacheTemplate } from './meaning/cache-template.js';
import { contextList } from './meaning/context-list.js';
import { definitionName } from './meaning/definition-name.js';
import { deprecatedDeployStep } from './meaning/deprecated-deploy-step.js';
import { deprecatedImage } from './meaning/deprecated-image.js';
import { deprecatedPipelineValue } from './meaning/deprecated-pipeline-value.js';
import { duplicateKey } from './meaning/duplicate-key.js';
import { emptyMatrix } from './meaning/empty-matrix.js';
import { filtersAsMapping } from './meaning/filters-as-mapping.js';
import { ignoredApprovalKey } from './meaning/ignored-approval-key.js';
import { ignoredSteps } from './meaning/ignored-steps.js';
import { imageDigest } from './meaning/image-digest.js';
import { largeMatrix } from './meaning/large-matrix.js';
import { machineWithoutImage } from './meaning/machine-without-image.js';
import { mixedExpression } from './meaning/mixed-expression.js';
import { nameByCase } from './meaning/name-by-case.js';
import { neverRuns } from './meaning/never-runs.js';
import { notYaml } from './meaning/not-yaml.js';
import { orbReference } from './meaning/orb-reference.js';
import { overrideWith } from './meaning/override-with.js';
import { parallelismOfOne } from './meaning/parallelism-of-one.js';
import { parameterName } from './meaning/parameter-name.js';
import { remoteDockerOnMachine } from './meaning/remote-docker-on-machine.js';
import { remoteDockerTwice } from './meaning/remote-docker-twice.js';
import { retiredMachineImage } from './meaning/retired-machine-image.js';
import { scheduledWorkflow } from './meaning/scheduled-workflow.js';
import { shadowedStep } from './meaning/shadowed-step.js';
import { unbalancedIgnore } from './meaning/unbalanced-ignore.js';
import { unknownPipelineValue } from './meaning/unknown-pipeline-value.js';
import { unusedCommand } from './meaning/unused-command.js';
import { unusedExecutor } from './meaning/unused-executor.js';
import { unusedJob } from './meaning/unused-job.js';
import { unusedJobGroup } from './meaning/unused-job-group.js';
import { unusedOrb } from './meaning/unused-orb.js';
import { unusedParameter } from './meaning/unused-parameter.js';
import { unusedPipelineParameter } from './meaning/unused-pipeline-parameter.js';
import { version2Feature } from './meaning/version-2-feature.js';
import { workflowsVersion } from './meaning/workflows-version.js';
import { yamlSurprise } from './meaning/yaml-surprise.js';
import type { Rule } from './rule.js';
import { allSshKeys } from './security/all-ssh-keys.js';
import { credentialsInWorkspace } from './security/credentials-in-workspace.js';
import { floatingOrb } from './security/floating-orb.js';
import { insecureTransport } from './security/insecure-transport.js';
import { literalSecret } from './security/literal-secret.js';
import { pipedDownload } from './security/piped-download.js';
import { secretInArguments } from './security/secret-in-arguments.js';
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
  wrongType,
  wrongValue,
  // Meaning.
  alwaysTrue,
  approvalShadowsJob,
  cacheKey,
  cacheTemplate,
  contextList,
  definitionName,
  deprecatedDeployStep,
  deprecatedImage,
  deprecatedPipelineValue,
  duplicateKey,
  emptyMatrix,
  filtersAsMapping,
  ignoredApprovalKey,
  ignoredSteps,
  imageDigest,
  largeMatrix,
  machineWithoutImage,
  mixedExpression,
  nameByCase,
  neverRuns,
  notYaml,
  orbReference,
  overrideWith,
  parallelismOfOne,
  parameterName,
  remoteDockerOnMachine,
  remoteDockerTwice,
  retiredMachineImage,
  scheduledWorkflow,
  shadowedStep,
  unbalancedIgnore,
  unknownPipelineValue,
  unusedCommand,
  unusedExecutor,
  unusedJobGroup,
  unusedJob,
  unusedOrb,
  unusedParameter,
  unusedPipelineParameter,
  version2Feature,
  workflowsVersion,
  yamlSurprise,
  // Security.
  allSshKeys,
  credentialsInWorkspace,
  floatingOrb,
  insecureTransport,
  literalSecret,
  pipedDownload,
  secretInArguments,
  unknownHost,
];
