import { FIELD_MANAGER } from '../../../kubernetes/client.js';
import type { Difference } from '../../../kubernetes/difference.js';
import type { ConflictingField } from '../../../kubernetes/kubernetes-error.js';
import type { Failure } from '../../command.js';
import { isRecordAnnotation } from '../../running/deployment-record.js';
import type { Target } from './find-targets.js';

/**
 * Who gives way to an apply: this program itself, which owns the image of a workload by its patches; `kubectl apply` in
 * both of its manners, which has brought the same manifests before; and `kubectl rollout undo` (`kubectl` too), which
 * holds until the next deployment; and the controller of Argo Rollouts, which writes a Rollout anew with its defaults.
 * `kubectl scale` is not among them: it writes a subresource.
 */
const GIVING_WAY = [FIELD_MANAGER, 'kubectl-client-side-apply', 'kubectl', 'rollouts-controller'];

/**
 * Whether a field may be taken over without being asked to: from those who give way, and what a deployment is about. The
 * image of another container is not, where this program has set it: a deployment of another image did so.
 */
export function mayTake(field: ConflictingField, { containers }: Target): boolean {
  const { path, manager, subresource } = field;
  const [, container] = /ontainers\[name="([^"]*)"\]\.image$/.exec(path) ?? [];
  if (container !== undefined && containers.includes(container)) return true;
  if (container !== undefined && manager === FIELD_MANAGER) return false;
  return (subresource === undefined && GIVING_WAY.includes(manager)) || isOfRecord(field);
}

function isOfRecord({ path }: ConflictingField): boolean {
  const [, annotation = ''] = /^\.metadata\.annotations\.(.*)$/.exec(path) ?? [];
  return isRecordAnnotation(annotation);
}

/** `deployment/web: takes over from kubectl-set: spec.template.spec.containers[web].image`, a line for each manager. */
export function describeTaken({ label }: Target, fields: readonly ConflictingField[]): readonly string[] {
  const others = fields.filter((field) => field.manager !== FIELD_MANAGER && !isOfRecord(field));
  return [...new Set(others.map(({ manager }) => manager))].map((manager) => {
    const paths = others.filter((one) => one.manager === manager).map(pathOf);
    return `${label}: takes over from ${manager}: ${paths.join(', ')}`;
  });
}

/**
 * The fields that others own, with what they hold and what the manifest says.
 * @param differences that the apply would make if it took them over
 */
export function conflictFailure(
  { label }: Target,
  fields: readonly ConflictingField[],
  differences: readonly Difference[],
): Failure {
  const details = fields.map((field) => {
    const path = pathOf(field);
    const change = differences.find((one) => one.path === path)?.change;
    const by = field.subresource === undefined ? field.manager : `${field.manager} (${field.subresource})`;
    return `${path}: owned by ${by}${change === undefined ? '' : `: ${change}`}`;
  });
  return {
    code: 1,
    cause: `${label} has ${fields.length === 1 ? 'a field' : `${fields.length} fields`} that others have set to other values than its manifest`,
    details,
    next: 'Take a field out of the manifest to leave it to its owner, as spec.replicas to an autoscaler; or give both the same value, in the manifest or in the cluster; or run build-once deploy with --force-conflicts to take all of them over.',
  };
}

/** `spec.template.spec.containers[web].image`, as differences name it. */
function pathOf({ path }: ConflictingField): string {
  return path.replace(/^\./, '').replaceAll(/\[\w+="?([^",\]]*)[^\]]*\]/g, '[$1]');
}
