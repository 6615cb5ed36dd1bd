import type { Path } from '../../../yaml/parse.js';
import { remember } from '../remember.js';
import type { Written } from './written.js';

/** A condition or filter that is written as one text. */
export interface ConditionText {
  readonly kind: 'workflow' | 'step' | 'filter';
  readonly text: string;
  readonly path: Path;
}

/** The `when` and `unless` of workflows, the conditions of steps, and the filters of jobs, as far as each is a text. */
export const conditionTexts = remember(({ workflows, steps, invocations }: Written): readonly ConditionText[] => {
  const found: ConditionText[] = [];
  const add = (kind: ConditionText['kind'], text: unknown, path: Path) => {
    if (typeof text === 'string') found.push({ kind, text, path });
  };
  for (const { value, path } of workflows) {
    for (const key of ['when', 'unless']) add('workflow', value[key], [...path, key]);
  }
  for (const { name, body, bodyPath } of steps) {
    if (name !== 'when' && name !== 'unless') continue;
    if (typeof body === 'object' && body !== null && 'condition' in body) {
      add('step', body.condition, [...bodyPath, 'condition']);
    }
  }
  for (const { body, bodyPath } of invocations) add('filter', body['filters'], [...bodyPath, 'filters']);
  return found;
});
