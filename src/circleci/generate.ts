import type { Delivery } from '../delivery/delivery.js';
import { fail, ok, type Result } from '../result.js';
import { type BaseParts, makeConfig } from './config/config.js';
import { configOf, renderConfig } from './config/render.js';
import type { Problem } from './language/problem.js';
import { processConfig } from './language/process.js';
import { makeOrb, type Release } from './orb/orb.js';
import type { Plain } from './sdk.js';

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
 * the base, by path from its top.
 */
export function generateConfig({
  delivery,
  base,
  release,
  specFile,
}: GenerateInput): Result<string, readonly Problem[]> {
  const sections = makeConfig(delivery, base, release);
  const imports = delivery.orb === undefined ? {} : { [delivery.orb]: { ...makeOrb(release) } };
  const { problems } = processConfig(configOf(sections), { imports });
  const theirs: Readonly<Record<string, Plain>> = { ...base?.parts, jobs: base?.jobs ?? {} };
  const ours = problems.find(({ path: [section, name] }) => theirs[String(section)]?.[String(name)] === undefined);
  if (ours !== undefined) throw new Error(`the generated config does not compile: ${JSON.stringify(ours)}`);
  if (problems.length > 0) return fail(problems);
  return ok(renderConfig(sections, base === undefined ? [specFile] : [specFile, base.file]));
}
