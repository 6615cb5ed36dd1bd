import { rules } from '../../circleci/language/rules/list.js';
import type { Weight } from '../../circleci/language/rules/rule.js';
import { suggest } from '../../diagnostic/suggest.js';
import { fail, ok, type Result } from '../../result.js';

const WEIGHTS: readonly Weight[] = ['off', 'warning', 'error'];

/**
 * Reads `--rule NAME=WEIGHT`.
 * @returns the weights by the names of rules, or what is wrong with the first that is wrong
 */
export function readWeights(options: readonly string[]): Result<Readonly<Record<string, Weight>>, string> {
  const weights: Record<string, Weight> = {};
  for (const option of options) {
    const [name = '', wanted] = option.split('=');
    const rule = rules.find((one) => one.name === name.replace(/^config\//, ''));
    if (rule === undefined) {
      const near = suggest(
        name,
        rules.map((one) => one.name),
      );
      return fail(`there is no rule "${name}"${near === undefined ? '' : `, did you mean "${near}"?`}`);
    }
    const weight = WEIGHTS.find((one) => one === wanted);
    if (weight === undefined) return fail(`--rule ${option}: expected ${name}=off, =warning or =error`);
    weights[rule.name] = weight;
  }
  return ok(weights);
}
