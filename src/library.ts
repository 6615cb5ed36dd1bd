import { generateConfig } from './circleci/generate.js';
import type { Problem } from './circleci/language/problem.js';
import type { Release } from './circleci/orb/orb.js';
import { planDelivery } from './delivery/plan.js';
import { type Difference, findFirstDifference } from './diagnostic/first-difference.js';
import { ok, type Result } from './result.js';
import type { Project } from './spec/read.js';

export interface GenerateOptions {
  /** The release of `build-once` that jobs install: its version on npm and the hash of dist/build-once.mjs there. */
  readonly release: Release;
  /** Path of the spec, as the first line of the config names it. Default: `.circleci/build-once.yml`. */
  readonly specFile?: string;
}

/**
 * The text of `.circleci/config.yml` for a project that `read` has read.
 * @returns the text, or what is wrong with the jobs of the base, by path from its top
 */
export function generate(project: Project, options: GenerateOptions): Result<string, readonly Problem[]> {
  const { spec, base } = project;
  return generateConfig({
    delivery: planDelivery(spec),
    base: base === undefined ? undefined : { ...base, file: base.yaml.file },
    release: options.release,
    specFile: options.specFile ?? '.circleci/build-once.yml',
  });
}

/**
 * Compares a config with what `generate` makes of its project. Line ends of another system are no difference.
 * @returns the first difference, undefined when there is none, or what is wrong with the base
 */
export function check(
  project: Project,
  config: string,
  options: GenerateOptions,
): Result<Difference | undefined, readonly Problem[]> {
  const generated = generate(project, options);
  if (!generated.ok) return generated;
  return ok(findFirstDifference(config, generated.value));
}
