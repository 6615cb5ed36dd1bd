import { isDeepStrictEqual } from 'node:util';
import { FIELD_MANAGER, type KubernetesClient, type Patch } from '../../../kubernetes/client.js';
import { type Difference, findDifferences } from '../../../kubernetes/difference.js';
import type { KubernetesError } from '../../../kubernetes/kubernetes-error.js';
import type { Metadata } from '../../../kubernetes/objects.js';
import type { Rule } from '../../../kubernetes/rule.js';
import { fail, ok, type Result } from '../../../result.js';
import type { Failure } from '../../command.js';
import { toFailure } from '../../kubernetes-failure.js';
import { isRecordAnnotation } from '../../running/deployment-record.js';
import { conflictFailure, describeTaken, mayTake } from './conflicts.js';
import type { AppliedObject, Target } from './find-targets.js';

/** What is to be done to one object of a manifest. */
export interface ObjectPlan {
  readonly target: Target;
  /** What changes, for a person. */
  readonly lines: readonly string[];
  /** Undefined: it is as its manifest says already. */
  readonly patch: Patch | undefined;
  /** Of the object that was looked at; undefined where there was none. */
  readonly resourceVersion: string | undefined;
}

/** What would become of an object. */
export interface Applied {
  /** As it is now; undefined where there is none. */
  readonly live: AppliedObject | undefined;
  /** As the API server would store it. */
  readonly after: AppliedObject;
  /** Whether Pods are made by it, in place of others or as the first ones. */
  readonly makesPods: boolean;
  /** Whether nothing of it would change, nor whose a field is. */
  readonly isSame: boolean;
  readonly lines: readonly string[];
  readonly patch: Patch;
}

/** How an object is applied. */
export interface Manner {
  readonly annotations: Readonly<Record<string, string>>;
  readonly forceConflicts: boolean;
  readonly rules: readonly Rule[];
}

/**
 * Lets the API server apply an object in a dry run, and compares. A conflict over fields that this program may take is
 * resolved; for any other conflict the fields are told with their owners.
 * @param live what is there now
 */
export async function tryApply(
  client: KubernetesClient,
  target: Target,
  live: AppliedObject | undefined,
  { annotations, forceConflicts, rules }: Manner,
): Promise<Result<Applied, Failure>> {
  const body = annotate(target.object, annotations);
  const apply = (force: boolean) =>
    client.patch(target.resource, target.name, { type: 'apply', body, force }, { dryRun: true });
  const lines: string[] = [];
  let force = false;
  let after = await apply(force);
  if (!after.ok && after.error.kind === 'conflict' && after.error.fields !== undefined) {
    const { fields } = after.error;
    force = true;
    after = await apply(force);
    const others = forceConflicts ? [] : fields.filter((field) => !mayTake(field, target));
    if (others.length > 0) return fail(conflictFailure(target, others, after.ok ? differ(live, after.value) : []));
    lines.push(...describeTaken(target, fields));
  }
  if (!after.ok) return fail(applyFailure(target, after.error, rules));
  const differences = differ(live, after.value);
  const isSame = live !== undefined && differences.length === 0 && ownsTheSame(live, after.value);
  if (live === undefined) lines.unshift(describeMade(target));
  else if (isSame) lines.unshift(`${target.label}: nothing to change`);
  else if (differences.length === 0)
    lines.unshift(`${target.label}: comes to be managed by ${FIELD_MANAGER}, as it is`);
  lines.unshift(...describeDifferences(target.label, differences));
  const makesPods =
    live === undefined || differences.some(({ path }) => /^spec\.(?:template|jobTemplate)\./.test(path));
  return ok({ live, after: after.value, makesPods, isSame, lines, patch: { type: 'apply', body, force } });
}

/** With the containers that get the image, since no difference tells them. */
function describeMade({ label, containers }: Target): string {
  return containers.length === 0
    ? `${label}: is made`
    : `${label}: is made, with the image in ${containers.join(', ')}`;
}

/** What the API server has against the object itself is told with the place of its manifest. */
function applyFailure({ at }: Target, error: KubernetesError, rules: readonly Rule[]): Failure {
  const failure = toFailure(error, rules);
  if (error.kind !== 'invalid' && error.kind !== 'refused') return failure;
  const cause = `${at}: ${failure.cause}`;
  if (error.kind === 'refused') return { ...failure, cause };
  return { ...failure, cause, next: FIXED.test(error.message) ? REPLACE : 'Correct the manifest.' };
}

/** What validation says of fields that no update may change. */
const FIXED = /field is immutable|updates to \w+ spec for fields other than/;
const REPLACE =
  'Leave the field as it is, or delete the object by hand, so that it is made anew: "kubectl delete --cascade=orphan" leaves its Pods. What is to run once with each deployment is a migration of the spec.';

/** Each difference as a line. */
export function describeDifferences(label: string, differences: readonly Difference[]): readonly string[] {
  return differences.map(({ path, change }) => `${label}: ${path}: ${change}`);
}

function differ(live: AppliedObject | undefined, after: AppliedObject): readonly Difference[] {
  return live === undefined ? [] : findDifferences(live, after, isRecordAnnotation);
}

function annotate(object: Target['object'], annotations: Readonly<Record<string, string>>): object {
  const { metadata } = object as { readonly metadata?: Metadata };
  if (Object.keys(annotations).length === 0) return object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...annotations } } };
}

/** Whether the fields that this program owns by its applies stay the same ones. */
function ownsTheSame(live: AppliedObject, after: AppliedObject): boolean {
  const owned = ({ metadata }: AppliedObject) =>
    metadata.managedFields?.find(({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply')
      ?.fieldsV1;
  return isDeepStrictEqual(owned(live), owned(after));
}
