import type { GeneratedFile } from '../../src/circleci/generate.js';
import { generateConfigs } from '../../src/circleci/generate.js';
import type { PlainProblem } from '../../src/circleci/language/problem.js';
import { planDelivery } from '../../src/delivery/plan.js';
import { formatHuman } from '../../src/diagnostic/format-human.js';
import type { Result } from '../../src/result.js';
import { readSpec } from '../../src/spec/read.js';
import { serviceFilesOf } from '../../src/spec/service-files.js';

/** A release that does not change with the code. */
export const RELEASE = { version: '0.0.0', integrity: 'sha512-of-a-test' };

const SPEC = '.circleci/build-once.yml';
const BASE = '.circleci/base.yml';

/** The config that builds and deploys, or the problems as they are printed. */
export function generateText(
  spec: string,
  base: string | undefined,
  files: Readonly<Record<string, string>> = {},
): Result<string, string> {
  const made = generateAll(spec, base, files);
  return made.ok ? { ok: true, value: made.value.at(-1)?.text ?? '' } : made;
}

/** All that is generated from a spec, or the problems as they are printed. */
export function generateAll(
  spec: string,
  base: string | undefined,
  files: Readonly<Record<string, string>> = {},
): Result<readonly GeneratedFile[], string> {
  const sources = { ...files, [SPEC]: spec, ...(base === undefined ? {} : { [BASE]: base }) };
  const project = readSpec(
    { file: SPEC, text: spec },
    base === undefined ? undefined : { file: BASE, text: base },
    files,
  );
  if (!project.ok) return { ok: false, error: formatHuman(project.error, sources) };
  const found = project.value.base;
  const configs = generateConfigs({
    delivery: planDelivery(project.value.spec),
    base: found === undefined ? undefined : { ...found, file: BASE },
    release: RELEASE,
    specFile: SPEC,
  });
  return configs.ok ? configs : { ok: false, error: listProblems(configs.error) };
}

/** The texts of the files that a spec names, as far as `read` has them. */
export function serviceTexts(
  spec: string,
  read: (file: string) => string | undefined,
): Readonly<Record<string, string>> {
  const texts = serviceFilesOf(spec).map((path) => [path, read(path)] as const);
  return Object.fromEntries(texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));
}

function listProblems(problems: readonly PlainProblem[]): string {
  return problems.map(({ path, message, code }) => `${path.join('.')}: ${message} [${code}]\n`).join('');
}
