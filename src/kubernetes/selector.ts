import type { LabelSelector, Workload } from './objects.js';

/** A label selector as the query of a list takes it. */
export function formatSelector(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    }
  });
  return [...equal, ...others].join(',');
}

/** The selector of a workload's Pods; undefined where it has none, as a CronJob. */
export function selectorOf({ spec }: Workload): string | undefined {
  return spec.selector === undefined ? undefined : formatSelector(spec.selector);
}
