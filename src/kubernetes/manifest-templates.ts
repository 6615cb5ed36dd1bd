import { fail, ok, type Result } from '../result.js';
import type { PodTemplate } from './objects.js';

/** A Pod template of a manifest, and the object that has it. */
export interface ManifestTemplate {
  /** `deployment/web`: its kind in lower case, and its name. */
  readonly ref: string;
  readonly template: PodTemplate;
}

/** Where kinds have their Pod template: Pods themselves, CronJobs, and Deployments, Jobs and all that are like them. */
const PLACES = [[], ['spec', 'template'], ['spec', 'jobTemplate', 'spec', 'template']] as const;

/**
 * The Pod templates of a file of manifests, in their order: one or more YAML documents, or a `List` of objects.
 * @returns or what the parser says, when the text is not YAML
 */
export async function readManifestTemplates(text: string): Promise<Result<readonly ManifestTemplate[], string>> {
  const { loadAll } = await import('js-yaml');
  try {
    return ok(loadAll(text).flatMap(itemsOf).flatMap(templatesOf));
  } catch (error) {
    return fail(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

function itemsOf(document: unknown): readonly unknown[] {
  const items = at(document, ['items']);
  return at(document, ['kind']) === 'List' && Array.isArray(items) ? items : [document];
}

function templatesOf(object: unknown): readonly ManifestTemplate[] {
  const kind = at(object, ['kind']);
  const name = at(object, ['metadata', 'name']);
  const template = PLACES.map((place) => at(object, place)).find(isTemplate);
  if (typeof kind !== 'string' || typeof name !== 'string' || template === undefined) return [];
  return [{ ref: `${kind.toLowerCase()}/${name}`, template }];
}

/** As far as we read it; the API server looks at the rest. */
function isTemplate(value: unknown): value is PodTemplate {
  const containers = at(value, ['spec', 'containers']);
  return Array.isArray(containers) && containers.every((one) => typeof at(one, ['name']) === 'string');
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
    value,
  );
}
