import { parseReference } from '../../reference.js';
import type { ImageLabels } from '../../registry/image-labels.js';
import { ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { isCommit } from '../commit.js';
import type { DeploymentRecord } from './deployment-record.js';

/** An image that a workload runs. */
export interface Running {
  /** `deployment/web` */
  readonly workload: string;
  /** As the Pod template names it. */
  readonly image: string;
  /** Undefined: the template names a tag, and no Pod says what it stands for. */
  readonly digest: string | undefined;
  /** What the last deployment by this program has left on the workload, be it of this digest or of another. */
  readonly record: DeploymentRecord | undefined;
}

/** The commit that an image is of. */
export interface Identity {
  readonly commit: string;
  /** RFC 3339 */
  readonly created: string | undefined;
  /**
   * The record of its deployment; the image's own label; a tag that is the SHA of a commit; or, for want of all, the last
   * record, of another digest.
   */
  readonly from: 'record' | 'label' | 'tag' | 'last-record';
}

/** Reads the labels of a digest in the registry; undefined where the registry has no such image. */
export type ReadLabels = (digest: string) => Promise<Result<ImageLabels | undefined, Failure>>;

/** Finds out which commit an image is of; undefined where nothing says it. */
export async function identify(
  { image, digest, record }: Running,
  readLabels: ReadLabels,
): Promise<Result<Identity | undefined, Failure>> {
  if (record !== undefined && record.digest === digest) return ok(fromRecord(record, 'record'));
  const labels = digest === undefined ? ok(undefined) : await readLabels(digest);
  if (!labels.ok) return labels;
  const { revision, created } = labels.value ?? {};
  if (revision !== undefined) return ok({ commit: revision, created, from: 'label' });
  const tag = parseReference(image)?.tag;
  if (tag !== undefined && isCommit(tag)) return ok({ commit: tag, created, from: 'tag' });
  return ok(record === undefined ? undefined : fromRecord(record, 'last-record'));
}

function fromRecord({ commit, created }: DeploymentRecord, from: Identity['from']): Identity {
  return { commit, created, from };
}

/** What is known of an image that runs, for a person: `deployment/web: commit ..., ghcr.io/acme/shop@sha256:..., ...` */
export function describeRunning(running: Running, identity: Identity): string {
  const { workload, image, record } = running;
  const parts = [image];
  if (identity.created !== undefined) parts.push(`built ${identity.created}`);
  if (identity.from === 'record' && record !== undefined) {
    if (record.time !== undefined) parts.push(`deployed ${record.time}`);
    if (record.user !== undefined) parts.push(`for user ${record.user}`);
    if (record.job !== undefined) parts.push(record.job);
  }
  const source = {
    record: '',
    label: ' (by the label of the image)',
    tag: ' (by the tag of the image)',
    'last-record': ' was deployed last, and somebody else has changed the image since',
  }[identity.from];
  return `${workload}: commit ${identity.commit}${source}: ${parts.join(', ')}`;
}
