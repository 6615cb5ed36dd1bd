import { isMapping, type Mapping } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { jobNames } from './job-names.js';
import { strings } from './strings.js';

/** A job of the base that an environment runs before or after its deployment. */
export interface HookSpec {
  /** Name of the job in `.circleci/base.yml`. */
  readonly job: string;
  /** Name in the workflow, which no other job has: the same job may run around several environments. */
  readonly name: string;
  /** Contexts of the job; none unless the spec gives it some. */
  readonly context: readonly string[];
}

/** A hook with the place that names its job. */
export interface PlacedHook extends HookSpec {
  readonly when: 'before' | 'after';
  /** From the top of the spec. */
  readonly path: Path;
}

/**
 * The hooks of an environment, whatever its shape: what has not the shape of a hook is left out.
 * @param service that the environment is of; undefined: the spec has no services
 */
export function hooksOf(environment: string, value: Mapping, service?: string): readonly PlacedHook[] {
  const names = jobNames(service);
  return (['before', 'after'] as const).flatMap((when) => {
    const key = `${when}_deploy`;
    const listed = value[key];
    return [listed].flat().flatMap((item: unknown, index): readonly PlacedHook[] => {
      const job = isMapping(item) ? item['job'] : item;
      if (typeof job !== 'string') return [];
      const at = ['environments', environment, key, ...(Array.isArray(listed) ? [index] : [])];
      const inside = isMapping(item) ? { path: [...at, 'job'], context: strings(item['context']) } : undefined;
      return [{ when, job, name: names[when](job, environment), ...(inside ?? { path: at, context: [] }) }];
    });
  });
}
