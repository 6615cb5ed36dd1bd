import { type Diagnostic, sortDiagnostics } from '../diagnostic/diagnostic.js';
import { fail, ok, type Result } from '../result.js';
import { parseYaml } from '../yaml/parse.js';
import { type Base, readBase } from './base.js';
import { buildSpec } from './build.js';
import { checkMeaning } from './meaning.js';
import { type NamedPath, namedPathsOf } from './named-paths.js';
import { putServiceFiles } from './service-files.js';
import { checkShape } from './shape.js';
import type { Spec } from './spec.js';

/** A text with the name that diagnostics give it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** A spec and the base that it names jobs of. */
export interface Project {
  readonly spec: Spec;
  readonly base: Base | undefined;
  /** What the spec takes to be in the repository; whether it is there is for those who can look. */
  readonly paths: readonly NamedPath[];
}

/**
 * Reads a spec and its base.
 * @param base `.circleci/base.yml`, or undefined where there is none
 * @param files texts of the files that `serviceFilesOf` finds in the spec, by path
 * @returns the spec with its defaults filled in, or everything that is wrong with the texts, sorted
 */
export function readSpec(
  spec: Source,
  base: Source | undefined,
  files: Readonly<Record<string, string>> = {},
): Result<Project, readonly Diagnostic[]> {
  const parsedBase = base === undefined ? undefined : readBase(base.file, base.text);
  const baseProblems = parsedBase === undefined || parsedBase.ok ? [] : parsedBase.error;
  const parsed = parseYaml(spec.text, spec.file, 'spec/not-yaml');
  if (!parsed.ok) return fail(sortDiagnostics([...parsed.error, ...baseProblems]));
  const { tree, problems: ofFiles } = putServiceFiles(parsed.value, files);
  const found = parsedBase?.ok === true ? parsedBase.value : undefined;
  // What a broken base holds is not known, so its jobs are not missed.
  const meaning = baseProblems.length > 0 ? [] : checkMeaning(tree, found);
  const shape = checkShape(tree);
  const problems = sortDiagnostics([...ofFiles, ...shape, ...withoutRepeats(meaning, shape), ...baseProblems]);
  return problems.length > 0 ? fail(problems) : ok({ spec: buildSpec(tree), base: found, paths: namedPathsOf(tree) });
}

/**
 * Where a value or a name is wrong already, what it might have meant is of no use. A missing key says nothing of others,
 * and is missing whatever the name of what it is missing in.
 */
function withoutRepeats(meaning: readonly Diagnostic[], shape: readonly Diagnostic[]): readonly Diagnostic[] {
  const placeOf = ({ file, range }: Diagnostic) => JSON.stringify([file, range]);
  const wrong = new Set(shape.filter(({ code }) => code !== 'spec/missing-key').map(placeOf));
  return meaning.filter((diagnostic) => diagnostic.code === 'spec/missing-key' || !wrong.has(placeOf(diagnostic)));
}
