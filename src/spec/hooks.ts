import { isMapping, type Mapping } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { afterJobName, beforeJobName } from './job-names.js';
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

/** The hooks of an environment, whatever its shape: what has not the shape of a hook is left out. */
export function hooksOf(environment: string, value: Mapping): readonly PlacedHook[] {
  return (['before', 'after'] as const).flatMap((when) => {
    const key = `${when}_deploy`;
    const listed = value[key];
    const nameOf = when === 'before' ? beforeJobName : afterJobName;
    return [listed].flat().flatMap((item: unknown, index): readonly PlacedHook[] => {
      const job = isMapping(item) ? item['job'] : item;
      if (typeof job !== 'string') return [];
      const at = ['environments', environment, key, ...(Array.isArray(listed) ? [index] : [])];
      const inside = isMapping(item) ? { path: [...at, 'job'], context: strings(item['context']) } : undefined;
      return [{ when, job, name: nameOf(job, environment), ...(inside ?? { path: at, context: [] }) }];
    });
  });
}
