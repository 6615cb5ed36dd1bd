import { quote } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Path } from '../../yaml/parse.js';
import { bindParameters } from './parameters.js';
import type { Report } from './problem.js';
import { findElement, type Scope } from './scope.js';
import { type Lookup, lookupIn, substitute } from './substitute.js';

/** Steps that CircleCI brings along (configuration reference, "steps"). */
const BUILT_IN = new Set([
  'run',
  'checkout',
  'setup_remote_docker',
  'save_cache',
  'restore_cache',
  'deploy',
  'store_artifacts',
  'store_test_results',
  'persist_to_workspace',
  'attach_workspace',
  'add_ssh_keys',
  'install_signing_bundle',
]);

/** Commands may call commands; deeper than this is a cycle. */
const DEEPEST = 50;

/** The steps with every command replaced by what it consists of, and every parameter by its value. */
export function expandSteps(
  steps: unknown,
  scope: Scope,
  lookup: Lookup,
  path: Path,
  report: Report,
  depth = 0,
): readonly Mapping[] {
  if (depth > DEEPEST) {
    report({ code: 'endless-command', path, message: 'commands call each other without an end' });
    return [];
  }
  if (!Array.isArray(steps)) {
    report({ code: 'wrong-steps', path, message: 'steps are not a list' });
    return [];
  }
  return steps.flatMap((step, index) => expandStep(step, scope, lookup, [...path, index], report, depth));
}

function expandStep(
  raw: unknown,
  scope: Scope,
  lookup: Lookup,
  path: Path,
  report: Report,
  depth: number,
): readonly Mapping[] {
  const step = substitute(raw, lookup, path, report);
  if (Array.isArray(step)) return expandSteps(step, scope, lookup, path, report, depth + 1); // a steps parameter
  const [[name, value] = ['', undefined], ...others] =
    typeof step === 'string' ? [[step, undefined] as const] : Object.entries(mappingOf(step));
  if (name === '' || others.length > 0) {
    report({
      code: 'wrong-step',
      path,
      message: `a step is a name, or a mapping with one key: ${quote(raw)}`,
    });
    return [];
  }
  if (name === 'when' || name === 'unless') {
    const { condition, steps } = mappingOf(value);
    return isTrue(condition) === (name === 'when')
      ? expandSteps(steps, scope, lookup, [...path, name, 'steps'], report, depth + 1)
      : [];
  }
  // A list of steps is `- steps: << parameters.name >>`; what it holds has been put in by now.
  if (name === 'steps') return expandSteps(value, scope, lookup, [...path, name], report, depth + 1);
  // A command of the same name comes first: an orb may have a command `deploy`.
  if (BUILT_IN.has(name) && own(scope.commands, name) === undefined)
    return [{ [name]: typeof value === 'string' && name === 'run' ? { command: value } : (value ?? {}) }];
  const found = findElement(scope, 'commands', name);
  if (found === undefined) {
    report({ code: 'unknown-command', path, message: `there is no command ${quote(name)}` });
    return [];
  }
  if (found === 'opaque') return [{ [name]: value ?? {} }];
  const { definition, scope: inner } = found;
  const bound = bindParameters(mappingOf(definition['parameters']), mappingOf(value), [...path, name], report);
  const inside = lookupIn(bound, lookup);
  return expandSteps(definition['steps'], inner, inside, [...found.path, 'steps'], report, depth + 1);
}

/** Logic statements of the configuration reference ("Logic statements"), after substitution. */
export function isTrue(condition: unknown): boolean {
  if (!isMapping(condition))
    return condition !== false && condition !== null && condition !== '' && condition !== 0 && condition !== undefined;
  const [[operator, operand] = ['', undefined]] = Object.entries(condition);
  const list = Array.isArray(operand) ? operand : [];
  switch (operator) {
    case 'and':
      return list.every(isTrue);
    case 'or':
      return list.some(isTrue);
    case 'not':
      return !isTrue(operand);
    case 'equal':
      return list.every((item) => item === list[0]);
    case 'matches': {
      const { pattern, value } = mappingOf(operand);
      try {
        return new RegExp(`^(?:${String(pattern)})$`).test(String(value));
      } catch {
        // A pattern of Java's that JavaScript has not, such as `(?i)x`: the steps are looked at all the same.
        return true;
      }
    }
    default:
      return true;
  }
}
