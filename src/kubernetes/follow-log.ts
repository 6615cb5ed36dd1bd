import { type Clock, HttpError } from '../io/io.js';
import { splitLines } from '../io/lines.js';
import { fail, ok, type Result } from '../result.js';
import type { KubernetesClient } from './client.js';
import type { KubernetesError } from './kubernetes-error.js';
import { SeenLines } from './seen-lines.js';

export interface FollowedLog {
  readonly pod: string;
  readonly container: string;
  readonly clock: Clock;
  /** Whether the container has ended, so that its log is whole. Asked whenever a stream ends or breaks. */
  readonly isOver: () => Promise<boolean>;
  /** Gets each line as it comes: once, in order, its bytes as the container wrote them, without the newline. */
  readonly onLine: (line: Uint8Array) => void;
  /** Aborted when the container is known to have ended: the open stream is not waited for any longer. */
  readonly over: AbortSignal;
  /** Aborted to give up. */
  readonly signal: AbortSignal;
}

const PAUSE = 500;
const LAST_TRIES = 5;

/**
 * Follows the log of a container from its first line to its last. A stream that ends or is cut off is taken up again
 * from a few seconds before the last line, and what was given already is left out by its timestamp, so that no line is
 * lost or repeated. What a stream's last bytes without a newline are is not known until the container has ended: then
 * the log is read once more to its end, and they are a line too.
 */
export async function followLog(
  client: KubernetesClient,
  log: FollowedLog,
): Promise<Result<undefined, KubernetesError>> {
  const seen = new SeenLines();
  let failures = 0;
  while (!log.signal.aborted) {
    const final = log.over.aborted || (await log.isOver());
    const since = seen.since();
    const answer = await client.log({
      pod: log.pod,
      container: log.container,
      timestamps: true,
      follow: !final,
      ...(since === undefined ? {} : { sinceTime: since }),
      signal: final ? log.signal : AbortSignal.any([log.signal, log.over]),
    });
    if (answer.ok) {
      const rest = await read(answer.value.body, seen, log.onLine);
      if (rest !== undefined && final) {
        if (rest.byteLength > 0) give(rest, seen, log.onLine);
        return ok(undefined);
      }
      if (!final) failures = 0;
    } else if (answer.error.kind === 'not-found' || answer.error.kind === 'forbidden') {
      return answer;
    }
    if (final && ++failures >= LAST_TRIES) {
      return answer.ok
        ? fail({
            kind: 'unreachable',
            message: `the end of the log of Pod "${log.pod}" could not be read: it was cut off again and again`,
          })
        : answer;
    }
    if (!log.over.aborted) await log.clock.sleep(PAUSE, AbortSignal.any([log.signal, log.over]));
  }
  return ok(undefined);
}

/** Gives the whole lines of a stream. Returns the bytes after the last newline, or undefined when it was cut off. */
async function read(
  body: AsyncIterable<Uint8Array>,
  seen: SeenLines,
  onLine: (line: Uint8Array) => void,
): Promise<Uint8Array | undefined> {
  const split = splitLines();
  try {
    for await (const piece of body) for (const line of split.push(piece)) give(line, seen, onLine);
  } catch (error) {
    if (error instanceof HttpError) return undefined;
    throw error;
  }
  return split.rest();
}

const SPACE = 0x20;

function give(line: Uint8Array, seen: SeenLines, onLine: (line: Uint8Array) => void): void {
  const space = line.indexOf(SPACE);
  const stamp = Buffer.from(space < 0 ? line : line.subarray(0, space)).toString('latin1');
  const text = space < 0 ? new Uint8Array() : line.subarray(space + 1);
  if (seen.add(stamp, text.byteLength)) onLine(text);
}
