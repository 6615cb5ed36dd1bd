import { isDeepStrictEqual } from 'node:util';
import { isRecord, parseJson } from '../../json.js';
import type { Metadata } from '../../kubernetes/objects.js';
import { parseReference } from '../../reference.js';
import { type DeploymentRecord, PREVIOUS, RECORD, readRecord } from './deployment-record.js';
import type { State } from './state.js';

/** What a workload ran before what it runs. */
export interface Previous extends State {
  /** What took its place. */
  readonly by: 'deploy' | 'rollback';
}

/** The annotation that keeps what is being replaced. What was there before that is not kept. */
export function keepPrevious({ images, annotations }: State, by: Previous['by']): Readonly<Record<string, string>> {
  const { [PREVIOUS]: _, ...record } = annotations;
  return { [PREVIOUS]: JSON.stringify({ by, images, annotations: record }) };
}

/** The record of a deployment with what that replaces; where the images are there already, with what was kept before. */
export function carryPrevious(
  found: State,
  images: State['images'],
  annotations: State['annotations'],
): State['annotations'] {
  if (!isDeepStrictEqual(images, found.images)) return { ...annotations, ...keepPrevious(found, 'deploy') };
  const { [PREVIOUS]: kept } = found.annotations;
  return kept === undefined ? annotations : { ...annotations, [PREVIOUS]: kept };
}

/** What a workload ran before a deployment, which an earlier run for the same commit and digest may have begun. */
export function findBefore(found: State, images: State['images'], annotations: State['annotations']): State {
  if (!isDeepStrictEqual(images, found.images)) return found;
  const [one, other] = [readRecord(found), readRecord({ annotations })];
  const isBegun = one !== undefined && one.commit === other?.commit && one.digest === other.digest;
  return (isBegun ? readPrevious(found) : undefined) ?? found;
}

/** What a workload ran before, or undefined where nothing says it. What others may have written is checked. */
export function readPrevious({ annotations: { [PREVIOUS]: text = '' } = {} }: Metadata): Previous | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { by, images, annotations } = value;
  if ((by !== 'deploy' && by !== 'rollback') || !isTexts(images) || !isTexts(annotations)) return undefined;
  const all = Object.values(images);
  if (all.length === 0 || all.some((image) => parseReference(image) === undefined)) return undefined;
  const known = Object.entries(annotations).filter(([key]) => key !== PREVIOUS && RECORD.includes(key));
  return { by, images, annotations: Object.fromEntries(known) };
}

/** The record of the images of a state; undefined where there is none, or it is of others. */
export function recordOf({ images, annotations }: State): DeploymentRecord | undefined {
  const record = readRecord({ annotations });
  const isOf = Object.values(images).every((image) => parseReference(image)?.digest === record?.digest);
  return isOf ? record : undefined;
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((one) => typeof one === 'string');
}
