import type { Mapping } from '../../../yaml/mapping.js';
import { any, choice, depends, either, flag, list, map, required, type Shape, table, text, whole } from './shape.js';

/** Who may declare which types (reusable configuration reference, "Parameter types"). */
export const PARAMETER_TYPES = {
  pipeline: ['string', 'boolean', 'integer', 'enum'],
  executor: ['string', 'boolean', 'integer', 'enum'],
  job: ['string', 'boolean', 'integer', 'enum', 'executor', 'steps', 'env_var_name'],
  command: ['string', 'boolean', 'integer', 'enum', 'executor', 'steps', 'env_var_name'],
} as const;

/** The `parameters` of a pipeline, job, command or executor. */
export function parameters(of: keyof typeof PARAMETER_TYPES): Shape {
  const types = PARAMETER_TYPES[of];
  const common = { type: required(choice(types)), description: text };
  const byType = (value: Mapping): Shape => {
    const fallback = defaultShape(value['type']);
    const keys = { ...common, default: of === 'pipeline' ? required(fallback) : fallback };
    const values = either('a list of texts', { list: list(text, 1) });
    return table('a parameter', value['type'] === 'enum' ? { ...keys, enum: required(values) } : keys);
  };
  const each = depends('a parameter, a mapping with a "type"', byType);
  return either('a mapping of parameters', { mapping: map('a mapping of parameters', each), nothing: any });
}

function defaultShape(type: unknown): Shape {
  switch (type) {
    case 'boolean':
      return flag;
    case 'integer':
      return whole(Number.MIN_SAFE_INTEGER);
    case 'steps':
      return list(any);
    case 'executor':
      return either('the name of an executor, or a mapping with its "name"', { text, mapping: any });
    case 'string':
    case 'enum':
    case 'env_var_name':
      // An empty default is the empty text.
      return either('text', { text, number: text, flag: text, nothing: any });
    default:
      return any;
  }
}
