import { HttpError } from '../io/io.js';
import { splitLines } from '../io/lines.js';
import { type Asked, type KubernetesError, readError } from './kubernetes-error.js';

/**
 * What a watch tells of. A bookmark holds nothing of an object but its `metadata.resourceVersion`.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  /** Nothing comes after it. `expired`: the version to go on from is forgotten (410), so the objects are to be listed. */
  | { readonly type: 'ERROR'; readonly error: KubernetesError };

/** Bytes of one event: etcd takes objects of 1.5 MiB. */
const LARGEST = 16 * 1024 * 1024;
const CHANGES = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * Reads the events of a watch as they come. What is left of a last line without its newline was cut off, and comes again
 * in the next watch.
 * @throws HttpError when the stream is cut, holds what is no event, or an event that has no end
 */
export async function* readWatch<T>(body: AsyncIterable<Uint8Array>, asked: Asked): AsyncIterable<WatchEvent<T>> {
  const split = splitLines();
  let held = 0;
  for await (const piece of body) {
    held += piece.byteLength;
    for (const line of split.push(piece)) {
      held = piece.byteLength;
      yield readEvent<T>(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'), asked);
    }
    if (held > LARGEST) throw new HttpError('too-large', `an event of the watch has more than ${LARGEST} bytes`);
  }
}

function readEvent<T>(line: string, asked: Asked): WatchEvent<T> {
  const { type = '', object } = parse(line);
  if (typeof object !== 'object' || object === null)
    throw new HttpError('other', 'the watch has a line that is no event');
  if (type === 'ERROR') {
    const code = 'code' in object ? Number(object.code) : 500;
    return { type, error: readError(code, JSON.stringify(object), asked) };
  }
  if (!CHANGES.has(type))
    throw new HttpError('other', `the watch has an event of the unknown type ${type.slice(0, 50)}`);
  return { type, object } as WatchEvent<T>;
}

function parse(line: string): { readonly type?: string; readonly object?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
