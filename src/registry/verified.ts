import { createHash } from 'node:crypto';
import type { Descriptor } from './manifest.js';

/** The bytes of a blob are not those that its descriptor is of. */
export class WrongBytes extends Error {}

/**
 * Passes the bytes of a blob on as they come. The last piece is held back until the digest is known, so that what is
 * wrong never arrives as a whole.
 * @throws WrongBytes when size or digest are others than the descriptor's
 */
export async function* verified(pieces: AsyncIterable<Uint8Array>, blob: Descriptor): AsyncIterable<Uint8Array> {
  const hash = createHash(blob.digest.slice(0, blob.digest.indexOf(':')));
  let size = 0;
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    size += piece.byteLength;
    hash.update(piece);
    if (size > blob.size) throw new WrongBytes(`it has more than the ${blob.size} bytes that its manifest says`);
    if (held !== undefined) yield held;
    held = piece;
  }
  if (size !== blob.size) throw new WrongBytes(`it has ${size} bytes, and not the ${blob.size} that its manifest says`);
  const digest = hash.digest('hex');
  if (!blob.digest.endsWith(`:${digest}`)) throw new WrongBytes(`its bytes have the digest ${digest}`);
  if (held !== undefined) yield held;
}

/** Leaves the first bytes out: they are where they belong. */
export async function* skipping(count: number, pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let left = count;
  for await (const piece of pieces) {
    if (piece.byteLength > left) yield piece.subarray(left);
    left = Math.max(0, left - piece.byteLength);
  }
}
