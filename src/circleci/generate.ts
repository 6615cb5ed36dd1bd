import type { Delivery } from '../delivery/delivery.js';
import { fail, ok, type Result } from '../result.js';
import { own } from '../yaml/mapping.js';
import { type BaseParts, makeConfig } from './config/config.js';
import { configOf, renderConfig } from './config/render.js';
import { checkSize } from './language/limits.js';
import type { Problem } from './language/problem.js';
import { processConfig } from './language/process.js';
import { makeOrb, type Release } from './orb/orb.js';

export interface GenerateInput {
  readonly delivery: Delivery;
  /** `.circleci/base.yml`, where there is one. */
  readonly base: BaseParts | undefined;
  /** The release of the program that jobs install. */
  readonly release: Release;
  /** Path of the spec, for the first line of the config. */
  readonly specFile: string;
}

/**
 * The text of `.circleci/config.yml`. It is compiled before it is given out: what comes as problems is in the jobs of
 * the base, by path from its top, or with an empty path is about the whole.
 */
export function generateConfig({
  delivery,
  base,
  release,
  specFile,
}: GenerateInput): Result<string, readonly Problem[]> {
  const sections = makeConfig(delivery, base, release);
  const imports = delivery.orb === undefined ? {} : { [delivery.orb]: { ...makeOrb(release) } };
  const config = configOf(sections);
  const { problems } = processConfig(config, { imports });
  const theirs = problems.map((problem) => placeInBase(problem, base));
  if (theirs.length > 0) return fail(theirs);
  const text = renderConfig(sections, base === undefined ? [specFile] : [specFile, base.file]);
  const tooLarge: Problem[] = [];
  checkSize(text, config, (problem) => tooLarge.push(problem));
  return tooLarge.length > 0 ? fail(tooLarge) : ok(text);
}

/** A problem of the base, by the path that it has there; a problem of anything else is a bug of the generator. */
function placeInBase(problem: Problem, base: BaseParts | undefined): Problem {
  const { path } = problem;
  if (path[0] === 'workflows' && own(base?.workflows, String(path[1])) !== undefined) return problem;
  // What an invocation says is made by the generator, so what is wrong with it is what the job asks for.
  const [section, name] = path[0] === 'workflows' ? ['jobs', path[4]] : path;
  const entries = section === 'jobs' ? base?.jobs : own(base?.parts, String(section));
  if (own(entries, String(name)) === undefined) {
    throw new Error(`the generated config does not compile: ${JSON.stringify(problem)}`);
  }
  if (path[0] !== 'workflows') return problem;
  const why = problem.code === 'missing-parameter' ? ': the job is called without any, so each needs a default' : '';
  return { ...problem, path: ['jobs', String(name), 'parameters'], message: `${problem.message}${why}` };
}
