import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { quote } from '../diagnostic/quote.js';
import { fail, ok, type Result } from '../result.js';
import { isMapping, type Mapping, own } from '../yaml/mapping.js';
import { parseYaml, type Yaml } from '../yaml/parse.js';
import { checkWorkflows, type ReportInBase } from './base-workflows.js';
import { findUnsafe } from './texts.js';

/** `.circleci/base.yml`: the jobs of the project's own, and what they use. */
export interface Base {
  readonly yaml: Yaml;
  readonly jobs: Mapping;
  /** Everything else that goes into the config as it is: orbs, parameters, executors, commands. */
  readonly parts: Readonly<Record<string, Mapping>>;
  /** Workflows beside those that gen-config writes. */
  readonly workflows: Mapping;
}

const PARTS = ['orbs', 'parameters', 'executors', 'commands'] as const;
const SECTIONS: readonly string[] = [...PARTS, 'jobs', 'workflows'];

/** What is called by name, where a "/" stands between an orb and what is in it. */
const NAMED = [
  ['jobs', 'job'],
  ['commands', 'command'],
  ['executors', 'executor'],
] as const;

/** Reads a base. `version` may stand there. */
export function readBase(file: string, text: string): Result<Base, readonly Diagnostic[]> {
  const parsed = parseYaml(text, file, 'base/not-yaml');
  if (!parsed.ok) return parsed;
  const yaml = parsed.value;
  const problems: Diagnostic[] = [];
  const report: ReportInBase = (code, path, message, help) => {
    // An item of a list has no key, and is shown itself.
    const range = typeof path.at(-1) === 'number' ? yaml.valueRange(path) : yaml.keyRange(path);
    problems.push({ code: `base/${code}`, severity: 'error', message, file, range, help });
  };
  if (!isMapping(yaml.value)) {
    const range = yaml.keyRange([]);
    const message = 'expected a mapping with "jobs"';
    return fail([{ code: 'base/wrong-type', severity: 'error', message, file, range }]);
  }
  for (const [key, value] of Object.entries(yaml.value)) {
    if (key === 'version') continue;
    if (key === 'setup') {
      const message = '"setup" cannot stand in the base: gen-config writes it where there are services';
      report('setup', [key], message, 'delete it');
    } else if (key === 'job-groups') {
      const message = '"job-groups" cannot stand in the base: gen-config does not hand them on';
      report('job-groups', [key], message, 'delete it, and call its jobs in the workflows');
    } else if (SECTIONS.includes(key) && !isMapping(value)) {
      report('wrong-type', [key], `"${key}" is not a mapping`, `give each of the ${key} a name`);
    }
    // Other keys are tolerated by CircleCI and hold anchors, which are resolved by now.
  }
  if (problems.length > 0) return fail(problems);
  const top = yaml.value as Readonly<Record<string, Mapping>>;
  const jobs = own(top, 'jobs') ?? {};
  for (const [section, what] of NAMED) {
    for (const name of Object.keys(own(top, section) ?? {})) {
      const refuse = (why: string) =>
        report('wrong-name', [section, name], `the ${what} ${quote(name)} has ${why}`, 'give it another name');
      if (name.includes('/')) refuse(`a "/" in its name, which CircleCI takes for the ${what} of an orb`);
      if (findUnsafe(name) !== undefined) refuse('"<<" or a control character in its name');
    }
  }
  checkWorkflows(top, report);
  if (problems.length > 0) return fail(problems);
  const parts = Object.fromEntries(
    PARTS.flatMap((key) => {
      const part = own(top, key);
      return part === undefined ? [] : [[key, part]];
    }),
  );
  return ok({ yaml, jobs, parts, workflows: own(top, 'workflows') ?? {} });
}
