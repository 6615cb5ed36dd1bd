import { quote } from '../../../../diagnostic/quote.js';
import { isMapping, mappingOf } from '../../../../yaml/mapping.js';
import { canBeTrue } from '../../flow/satisfiable.js';
import type { Rule } from '../rule.js';

export const neverRuns: Rule = {
  name: 'never-runs',
  group: 'meaning',
  weight: 'warning',
  summary: 'A workflow whose condition is never true.',
  why: 'None of its jobs ever runs, though they look as if they did.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#using-when-in-workflows',
  check: ({ written, model }, report) => {
    for (const { name, condition } of model.workflows) {
      if (condition === undefined || condition.value !== undefined) continue;
      if (canBeTrue(condition.expression, model.parameters)) continue;
      const { key, place } = condition;
      const message = `the workflow ${quote(name)} never runs: no values make its ${quote(key)} ${key === 'when'}`;
      report({
        path: place.path,
        message,
        help: 'one pipeline has one value of each name: join what is meant with "or"',
      });
    }
    for (const { name, path, value } of written.workflows) {
      for (const key of ['when', 'unless'] as const) {
        if (value[key] === undefined) continue;
        const truth = constantTruth(value[key]);
        if (truth === undefined || truth === (key === 'when')) continue;
        const message = `the workflow ${quote(name)} never runs: its ${quote(key)} is always ${truth}`;
        report({ path: [...path, key], message, help: 'remove the workflow, or the condition' });
      }
    }
  },
};

/** What a condition is whatever the pipeline's values are; undefined when it depends on them. */
function constantTruth(condition: unknown): boolean | undefined {
  if (typeof condition === 'string') {
    const text = condition.trim();
    if (text === 'true' || text === 'false') return text === 'true';
    return text === '' ? false : undefined;
  }
  if (!isMapping(condition)) return Boolean(condition);
  const { and, or, not, equal } = mappingOf(condition);
  if (not !== undefined) {
    const truth = constantTruth(not);
    return truth === undefined ? undefined : !truth;
  }
  if (Array.isArray(and)) return and.some((one) => constantTruth(one) === false) ? false : undefined;
  if (Array.isArray(or)) return or.every((one) => constantTruth(one) === false) ? false : undefined;
  if (Array.isArray(equal) && equal.every((one) => !String(one).includes('<<') && !isMapping(one))) {
    return equal.every((one) => one === equal[0]);
  }
  return undefined;
}
