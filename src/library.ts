import { type GeneratedFile, generateConfigs } from './circleci/generate.js';
import type { PlainProblem } from './circleci/language/problem.js';
import type { Release } from './circleci/orb/commands.js';
import { planDelivery } from './delivery/plan.js';
import { type Difference, findFirstDifference } from './diagnostic/first-difference.js';
import { ok, type Result } from './result.js';
import type { Project } from './spec/read.js';

export interface GenerateOptions {
  /** The release of `build-once` that jobs install, version and hash; `readRelease()` is the one of this package. */
  readonly release: Release;
  /** Path of the spec, as the first line of the config names it. Default: `.circleci/build-once.yml`. */
  readonly specFile?: string;
}

/**
 * The configs of a project that `read` has read: `.circleci/config.yml`, and for a spec with services
 * `.circleci/continue-config.yml` after it.
 * @returns the files, or what is wrong with the jobs of the base, by path from its top
 */
export function generate(
  project: Project,
  options: GenerateOptions,
): Result<readonly GeneratedFile[], readonly PlainProblem[]> {
  const { spec, base } = project;
  return generateConfigs({
    delivery: planDelivery(spec),
    base: base === undefined ? undefined : { ...base, file: base.yaml.file },
    release: options.release,
    specFile: options.specFile ?? '.circleci/build-once.yml',
  });
}

/** A file that is not what `generate` makes. */
export interface Drift {
  readonly path: string;
  /** The first difference. */
  readonly difference: Difference;
}

/**
 * Compares configs with what `generate` makes of their project. Line ends of another system are no difference.
 * @param texts what is there, by path; a file that is not there counts as empty
 * @returns the files that differ, or what is wrong with the base
 */
export function check(
  project: Project,
  texts: Readonly<Record<string, string>>,
  options: GenerateOptions,
): Result<readonly Drift[], readonly PlainProblem[]> {
  const generated = generate(project, options);
  if (!generated.ok) return generated;
  const drifts = generated.value.flatMap(({ path, text }): readonly Drift[] => {
    const difference = findFirstDifference(texts[path] ?? '', text);
    return difference === undefined ? [] : [{ path, difference }];
  });
  return ok(drifts);
}
