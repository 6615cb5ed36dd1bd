/**
 * The library: what `gen-config` does, without a process. Nothing here prints, exits or writes a file.
 *
 * ```ts
 * import { generate, plan, read, readRelease } from 'gen-config';
 * const project = read({ file: '.circleci/build-once.yml', text }, undefined);
 * if (project.ok) console.log(plan(project.value.spec).flows, generate(project.value, { release: readRelease() }));
 * ```
 */

export type { BaseParts } from './circleci/config/config.js';
export type { GeneratedFile } from './circleci/generate.js';
export type { PlainProblem as Problem } from './circleci/language/problem.js';
export type { Release } from './circleci/orb/commands.js';
export { readRelease } from './cli/program.js';
export type {
  Build,
  Delivery,
  Environment,
  Flow,
  FlowEvent,
  Hook,
  Image,
  Part,
  Service,
  Stage,
  Target,
} from './delivery/delivery.js';
export { explainDelivery as explain } from './delivery/explain.js';
export { planDelivery as plan } from './delivery/plan.js';
export type { Diagnostic, Position, Range, Related, Severity } from './diagnostic/diagnostic.js';
export type { Difference } from './diagnostic/first-difference.js';
export { formatHuman } from './diagnostic/format-human.js';
export { check, type Drift, type GenerateOptions, generate } from './library.js';
export type { Result } from './result.js';
export type { Base } from './spec/base.js';
export { type Project, readSpec as read, type Source } from './spec/read.js';
export { schema } from './spec/schema.js';
export { serviceFilesOf } from './spec/service-files.js';
export type {
  EnvironmentSpec,
  ImageSpec,
  KubernetesSpec,
  MigrationSpec,
  PartSpec,
  ServiceSpec,
  Spec,
  Trigger,
} from './spec/spec.js';
export { VERSION } from './version.js';
