import type { Io, ProcessEnd } from '../../io/io.js';
import { splitLines } from '../../io/lines.js';
import { plainText } from '../../io/plain-text.js';
import { startProgress } from '../progress.js';
import type { DockerEnvironment } from './docker-login.js';

/** What a docker that is silent is doing; undefined: not a transfer. */
export interface Watched {
  /** Takes each line, as plain text. */
  read(line: string): void;
  transfer(): string | undefined;
}

/** Milliseconds between looks at whether docker has been silent for too long. */
const LOOK = 5000;

/**
 * Runs docker, with its output on standard output, line by line as it comes and as plain text: buildx colours its
 * warnings even in plain output and with NO_COLOR, and passes on whatever a RUN prints. A push says nothing while it
 * lasts; so that CircleCI's no_output_timeout does not end the step, a line a minute is written then. A RUN that is
 * silent is left to that time-out.
 */
export async function runDocker(
  io: Io,
  args: readonly string[],
  env: DockerEnvironment | undefined,
  watched: Watched,
): Promise<ProcessEnd> {
  const progress = startProgress(io);
  const streams = [splitLines(), splitLines()] as const;
  const show = (line: Uint8Array) => {
    watched.read(plainText(Buffer.from(line).toString('utf8')));
    progress.pass(line);
  };
  const showFrom = (at: 0 | 1) => (piece: Uint8Array) => streams[at].push(piece).forEach(show);
  const over = new AbortController();
  const beat = async () => {
    while (!over.signal.aborted) {
      await io.clock.sleep(LOOK, over.signal);
      const transfer = watched.transfer();
      if (!over.signal.aborted && transfer !== undefined) progress.heartbeat(() => transfer);
    }
  };
  const beating = beat();
  const ended = await io.processes.run('docker', args, {
    ...(env === undefined ? {} : { env }),
    onStdout: showFrom(0),
    onStderr: showFrom(1),
    signal: io.signal,
  });
  over.abort();
  await beating;
  for (const stream of streams) if (stream.rest().byteLength > 0) show(stream.rest());
  return ended;
}

/** Reads from BuildKit's plain progress which steps that export, push or keep a cache are under way. */
export function watchBuildKit(): Watched {
  const open = new Map<string, string>();
  return {
    read: (line) => {
      const [, step, what = ''] = /^#(\d+) (.*)$/.exec(line) ?? [];
      if (step === undefined) return;
      if (/^(?:DONE|ERROR|CANCELED|CACHED)\b/.test(what)) open.delete(step);
      else if (/^(?:exporting|pushing|preparing build cache)\b/.test(what) || open.has(step)) open.set(step, what);
    },
    transfer: () => [...open.values()].at(-1),
  };
}
