import { isRecord } from '../../json.js';
import type { PodTemplate } from '../../kubernetes/objects.js';
import type { Manifest } from '../manifests/parse-manifests.js';

/** A Pod template of a manifest, and the object that has it. */
export interface ManifestTemplate {
  /** `deployment/web`: its kind in lower case, and its name. */
  readonly ref: string;
  readonly template: PodTemplate;
}

/** Where kinds have their Pod template: Pods themselves, CronJobs, and Deployments, Jobs and all that are like them. */
const PLACES = [[], ['spec', 'template'], ['spec', 'jobTemplate', 'spec', 'template']] as const;

/** The Pod template of an object; none or one. */
export function templatesOf({ kind, name, object }: Manifest): readonly ManifestTemplate[] {
  const template = PLACES.map((place) => at(object, place)).find(isTemplate);
  return template === undefined ? [] : [{ ref: `${kind.toLowerCase()}/${name}`, template }];
}

/** As far as we read it; the API server looks at the rest. */
function isTemplate(value: unknown): value is PodTemplate {
  const containers = at(value, ['spec', 'containers']);
  return Array.isArray(containers) && containers.every((one) => typeof at(one, ['name']) === 'string');
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => (isRecord(here) ? here[key] : undefined), value);
}
