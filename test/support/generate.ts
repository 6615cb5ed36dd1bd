import { generateConfig } from '../../src/circleci/generate.js';
import type { Problem } from '../../src/circleci/language/problem.js';
import { planDelivery } from '../../src/delivery/plan.js';
import { formatHuman } from '../../src/diagnostic/format-human.js';
import type { Result } from '../../src/result.js';
import { readSpec } from '../../src/spec/read.js';

/** A release that does not change with the code. */
export const RELEASE = { version: '0.0.0', integrity: 'sha512-of-a-test' };

const SPEC = '.circleci/build-once.yml';
const BASE = '.circleci/base.yml';

/** The config of a spec, or the problems as they are printed. */
export function generateText(spec: string, base: string | undefined): Result<string, string> {
  const sources = { [SPEC]: spec, ...(base === undefined ? {} : { [BASE]: base }) };
  const project = readSpec({ file: SPEC, text: spec }, base === undefined ? undefined : { file: BASE, text: base });
  if (!project.ok) return { ok: false, error: formatHuman(project.error, sources) };
  const found = project.value.base;
  const config = generateConfig({
    delivery: planDelivery(project.value.spec),
    base: found === undefined ? undefined : { ...found, file: BASE },
    release: RELEASE,
    specFile: SPEC,
  });
  return config.ok ? config : { ok: false, error: listProblems(config.error) };
}

function listProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message, code }) => `${path.join('.')}: ${message} [${code}]\n`).join('');
}
