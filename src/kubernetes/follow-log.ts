import { type Clock, HttpError } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { KubernetesClient, LogRequest } from './client.js';
import type { KubernetesError } from './kubernetes-error.js';
import { LogReader, type LogSink } from './log-reader.js';
import { SeenLines } from './seen-lines.js';

export interface FollowedLog extends LogSink {
  readonly pod: string;
  readonly container: string;
  readonly clock: Clock;
  /** How the container is now; undefined: not known at the moment. Asked whenever a stream has ended or broken. */
  readonly look: () => Promise<ContainerLook | undefined>;
  /** Aborted when the container is known to have ended: a stream that is silent then is not waited for any longer. */
  readonly over: AbortSignal;
  /** Aborted to give up. */
  readonly signal: AbortSignal;
}

/** What the state of a container says about its log. */
export interface ContainerLook {
  /** It has ended for good, so that its log is whole. */
  readonly isOver: boolean;
  /** How often it was started anew; its log begins anew each time, too. */
  readonly restarts: number;
}

const PAUSE = 500;
/** Milliseconds of silence after which a stream is left whose container has ended. */
const SILENCE = 5000;
/** Milliseconds without anything new after which the end of a log is given up. A kubelet is started anew in less. */
const PATIENCE = 30_000;

/**
 * Follows the log of a container from its first line to its last. A stream that ends or is cut off is taken up again
 * from a few seconds before the last line, and what was given already is left out, so that no line is lost or repeated.
 *
 * When the container has ended, the log is read until a reading brings nothing new: the API server ends its answer in good
 * order also when the kubelet went away in the middle of it. Only then what stands after the last newline is a line, too.
 */
export async function followLog(
  client: KubernetesClient,
  log: FollowedLog,
): Promise<Result<undefined, KubernetesError>> {
  const seen = new SeenLines();
  let restarts = 0;
  let rest: Uint8Array = new Uint8Array();
  let news = log.clock.now();
  let wasAllowed = false;
  while (!log.signal.aborted) {
    const now = await log.look();
    if (now !== undefined && now.restarts > restarts) {
      // What the container wrote last before it was started anew, as far as it was not read yet.
      const before = await readOnce(client, log, seen, rest, { previous: true });
      if (before.ok && !before.value.isWhole) continue;
      if (before.ok) before.value.reader.end();
      restarts = now.restarts;
    }
    const isLast = log.over.aborted || now?.isOver === true;
    if (!isLast) news = log.clock.now();
    const reading = await readOnce(client, log, seen, rest, { follow: !isLast });
    const isLate = () => log.clock.now() - news >= PATIENCE;
    if (!reading.ok) {
      const { kind } = reading.error;
      if (kind === 'not-found' || (kind === 'forbidden' && !wasAllowed) || isLate()) return reading;
    } else {
      wasAllowed = true;
      const { reader, isWhole } = reading.value;
      const held = reader.rest;
      const isSame = reader.given === 0 && Buffer.compare(held, rest) === 0;
      if (isLast && isWhole && isSame && reader.end()) return ok(undefined);
      if (isSame && isLate()) return fail({ kind: 'unreachable', message: explainEnd(log, reader.complaint) });
      if (!isSame) news = log.clock.now();
      rest = held;
      // At once: what is rotated away while nobody reads cannot be had any more.
      if (reader.given > 0) continue;
    }
    await log.clock.sleep(PAUSE, isLast ? log.signal : AbortSignal.any([log.signal, log.over]));
  }
  return ok(undefined);
}

function explainEnd({ pod }: FollowedLog, complaint = 'it was cut off again and again'): string {
  return `the end of the log of Pod "${pod}" could not be read: ${complaint}`;
}

interface Reading {
  readonly reader: LogReader;
  /** It was not cut off. */
  readonly isWhole: boolean;
}

/** Opens the log once, from where it is known, and gives what is new in it. `rest`: what the opening before left. */
async function readOnce(
  client: KubernetesClient,
  log: FollowedLog,
  seen: SeenLines,
  rest: Uint8Array,
  request: Pick<LogRequest, 'follow' | 'previous'>,
): Promise<Result<Reading, KubernetesError>> {
  const sinceTime = seen.since();
  const reader = new LogReader(seen, log, rest);
  const done = new AbortController();
  const silent = request.follow === true ? whenSilent(log, reader, done.signal) : undefined;
  try {
    const answer = await client.log({
      ...request,
      pod: log.pod,
      container: log.container,
      timestamps: true,
      ...(sinceTime === undefined ? {} : { sinceTime }),
      signal: silent === undefined ? log.signal : AbortSignal.any([log.signal, silent]),
    });
    if (!answer.ok) return answer;
    for await (const piece of answer.value.body) reader.push(piece);
    return ok({ reader, isWhole: true });
  } catch (error) {
    if (error instanceof HttpError) return ok({ reader, isWhole: false });
    throw error;
  } finally {
    done.abort();
  }
}

/** Is aborted when the container has ended and the stream has been silent for a while since. */
function whenSilent(log: FollowedLog, reader: LogReader, done: AbortSignal): AbortSignal {
  const silent = new AbortController();
  const wait = async () => {
    let before = -1;
    while (!done.aborted && before !== reader.received) {
      before = reader.received;
      await log.clock.sleep(SILENCE, done);
    }
    if (!done.aborted) silent.abort();
  };
  if (log.over.aborted) void wait();
  else log.over.addEventListener('abort', wait, { once: true, signal: done });
  return silent.signal;
}
