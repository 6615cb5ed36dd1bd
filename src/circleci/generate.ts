import type { Delivery } from '../delivery/delivery.js';
import { fail, ok, type Result } from '../result.js';
import { own } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { type BaseParts, makeConfig } from './config/config.js';
import { CONFIG_FILE, CONTINUE_FILE } from './config/files.js';
import { continueParameters } from './config/parameters.js';
import { configOf, renderConfig, type Section } from './config/render.js';
import { makeSetup } from './config/setup.js';
import { compileConfig } from './language/compile.js';
import { findTooLarge } from './language/limits.js';
import type { PlainProblem } from './language/problem.js';
import { findRefused } from './language/refused.js';
import type { Release } from './orb/commands.js';
import { makeElements } from './orb/elements.js';
import type { Plain } from './plain.js';

export interface GenerateInput {
  readonly delivery: Delivery;
  /** `.circleci/base.yml`, where there is one. */
  readonly base: BaseParts | undefined;
  /** The release of the program that jobs install. */
  readonly release: Release;
  /** Path of the spec, for the first line of the config. */
  readonly specFile: string;
}

/** A file that is made from a spec. */
export interface GeneratedFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/**
 * The configs of a delivery: `.circleci/config.yml`, and in a monorepo what it continues with. They are compiled before
 * they are given out: what comes as problems is in the jobs of the base, by path from its top, or with an empty path is
 * about the whole or about the spec.
 */
export function generateConfigs(input: GenerateInput): Result<readonly GeneratedFile[], readonly PlainProblem[]> {
  const { base } = input;
  const made = makeAll(input);
  const refused = base === undefined ? [] : findRefused({ ...base.parts, jobs: base.jobs, workflows: base.workflows });
  const told = made.ok ? [] : made.error;
  // Of two that are about the same, the one that is further in is the more exact.
  const problems = [
    ...told.filter(({ path }) => path.length === 0 || !refused.some((one) => leadsInto(path, one.path))),
    ...refused.filter(({ path }) => !told.some((one) => isSame(path, one.path) || leadsInto(path, one.path))),
  ];
  return problems.length > 0 ? fail(problems.map(plainly)) : made;
}

/** Whether a path leads to something inside of what another one leads to. */
function leadsInto(outer: Path, path: Path): boolean {
  return path.length > outer.length && isSame(outer, path.slice(0, outer.length));
}

function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

function makeAll(input: GenerateInput): Result<readonly GeneratedFile[], readonly PlainProblem[]> {
  const { delivery, base, release } = input;
  const main = makeConfig(delivery, base, release);
  if (delivery.services.length === 0) return writeAll([[CONFIG_FILE, main]], input);
  const taken = findTaken(delivery, base);
  if (taken.length > 0) return fail(taken);
  return writeAll(
    [
      [CONFIG_FILE, makeSetup(delivery, base, release)],
      [CONTINUE_FILE, main],
    ],
    input,
  );
}

/** Pipeline parameters and workflows of the base that have the name of one that is generated for the services. */
function findTaken({ services }: Delivery, base: BaseParts | undefined): readonly PlainProblem[] {
  const taken = (what: string, section: string, theirs: Plain | undefined, names: readonly string[]) =>
    names
      .filter((name) => own(theirs, name) !== undefined)
      .map((name): PlainProblem => {
        const message = `the ${what} "${name}" has the name of one that is generated for the services`;
        return { code: 'name-collision', path: [section, name], message };
      });
  const parameters = continueParameters(services).map(({ key }) => key);
  const workflows = services.flatMap(({ flows }) => flows.map(({ name }) => name));
  return [
    ...taken('pipeline parameter', 'parameters', base?.parts['parameters'], parameters),
    ...taken('workflow', 'workflows', base?.workflows, workflows),
  ];
}

function writeAll(
  configs: readonly (readonly [path: string, sections: readonly Section[]])[],
  input: GenerateInput,
): Result<readonly GeneratedFile[], readonly PlainProblem[]> {
  const files: GeneratedFile[] = [];
  for (const [path, sections] of configs) {
    const text = write(sections, input);
    if (!text.ok) return text;
    files.push({ path, text: text.value });
  }
  return ok(files);
}

function write(
  sections: readonly Section[],
  { delivery, base, release, specFile }: GenerateInput,
): Result<string, readonly PlainProblem[]> {
  const { orb } = delivery;
  const orbs = orb === undefined ? {} : { [orb]: { file: orb, value: { ...makeElements(release) } } };
  const config = configOf(sections);
  const { problems } = compileConfig({ file: '', value: config }, { orbs });
  const theirs = problems.map((problem) => placeInBase(problem, base));
  if (theirs.length > 0) return fail(theirs);
  const text = renderConfig(sections, base === undefined ? [specFile] : [specFile, base.file]);
  const tooLarge = findTooLarge(text, config);
  return tooLarge === undefined ? ok(text) : fail([{ code: 'too-large', path: [], message: tooLarge }]);
}

function plainly({ code, path, message, help }: PlainProblem): PlainProblem {
  return { code, path, message, ...(help === undefined ? {} : { help }) };
}

/**
 * A problem of the base, by the path that it has there, or of the filters that the spec gives a test, which have no path
 * in it; a problem of anything else is a bug of the generator.
 */
function placeInBase(problem: PlainProblem, base: BaseParts | undefined): PlainProblem {
  const { path } = problem;
  if (path[0] === 'workflows' && own(base?.workflows, String(path[1])) !== undefined) return problem;
  if (path[0] === 'workflows' && path[5] === 'filters') {
    return { ...problem, path: [], message: `the filters of "${path[4]}" in "test": ${problem.message}` };
  }
  // What else an invocation says is made by the generator, so what is wrong with it is what the job asks for.
  const [section, name] = path[0] === 'workflows' ? ['jobs', path[4]] : path;
  const entries = section === 'jobs' ? base?.jobs : own(base?.parts, String(section));
  if (own(entries, String(name)) === undefined) {
    throw new Error(`the generated config does not compile: ${path.join('.')}: ${problem.message} [${problem.code}]`);
  }
  if (path[0] !== 'workflows') return problem;
  const why = problem.code === 'missing-parameter' ? ': the job is called without any, so each needs a default' : '';
  return { ...problem, path: ['jobs', String(name), 'parameters'], message: `${problem.message}${why}` };
}
