import type { Metadata, Pod } from '../objects.js';

/**
 * Whether a Pod runs or is to run. One that its node put out stays in the list for a long time as failed, while another
 * has taken its place.
 */
export function isLiving({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

/** Whether `owner` is one of the owners of an object, by its uid. */
export function isOwnedBy(object: { readonly metadata: Metadata }, owner: { readonly metadata: Metadata }): boolean {
  const { uid } = owner.metadata;
  return uid !== undefined && object.metadata.ownerReferences?.some((one) => one.uid === uid) === true;
}
