import { isDeepStrictEqual } from 'node:util';
import type { Patch } from '../../kubernetes/client.js';
import { allContainers } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Container, Workload } from '../../kubernetes/objects.js';
import type { WorkloadRef } from '../../workload.js';
import { RECORD } from './deployment-record.js';

/** What a deployment sets of a workload: images, and the record that it leaves. */
export interface State {
  /** By the name of the container, as the Pod template has them. */
  readonly images: Readonly<Record<string, string>>;
  /** The annotations of the record, those that are there. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The state of a workload. @param names of the containers that count */
export function readState(ref: WorkloadRef, workload: Workload, names: readonly string[]): State {
  const all = allContainers(kinds[ref.kind].templateOf(workload).spec);
  const images = all.flatMap(({ name, image = '' }) => (names.includes(name) ? [[name, image]] : []));
  const { annotations = {} } = workload.metadata;
  const record = RECORD.flatMap((key) => (annotations[key] === undefined ? [] : [[key, annotations[key]]]));
  return { images: Object.fromEntries(images), annotations: Object.fromEntries(record) };
}

/** Whether a workload is in this very state. */
export function isAt(ref: WorkloadRef, workload: Workload, state: State): boolean {
  const found = readState(ref, workload, Object.keys(state.images));
  return isDeepStrictEqual(found, { images: state.images, annotations: state.annotations });
}

/** The patch that brings a workload, as it was seen, into a state. */
export function setState(ref: WorkloadRef, workload: Workload, { images, annotations }: State): Patch {
  const kind = kinds[ref.kind];
  const { containers, initContainers = [] } = kind.templateOf(workload).spec;
  const isStale = ({ name, image }: Container) => (images[name] ?? image) !== image;
  const setImages = (all: readonly Container[]) =>
    all.map((one) => (isStale(one) ? { ...one, image: images[one.name] } : one));
  // The lists whole, since a JSON merge patch, which all kinds take, replaces them; it holds for the object as it was seen.
  const spec = {
    ...(containers.some(isStale) ? { containers: setImages(containers) } : {}),
    ...(initContainers.some(isStale) ? { initContainers: setImages(initContainers) } : {}),
  };
  const gone = RECORD.filter((key) => workload.metadata.annotations?.[key] !== undefined).map((key) => [key, null]);
  const body = {
    metadata: { annotations: { ...Object.fromEntries(gone), ...annotations } },
    ...(Object.keys(spec).length === 0 ? {} : kind.patchPodSpec(spec)),
  };
  return { type: 'merge', body };
}
