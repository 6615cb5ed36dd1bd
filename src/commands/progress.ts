import type { Io } from '../io/io.js';
import { plainLine, plainLines, plainText } from '../io/plain-text.js';
import { formatDuration } from './duration.js';

/** Milliseconds of silence after which a line is written: CircleCI ends a step that is silent for ten minutes. */
const SILENCE = 60_000;

/** The lines of a command that waits. */
export interface Progress {
  /** A line of our own. */
  say(line: string): void;
  /** A line about `subject`, unless it is the same as the last one about it. */
  report(subject: string, line: string): void;
  /** A line of another program: its bytes, without what would move or hide text in a terminal, and a newline. */
  pass(line: Uint8Array): void;
  /** The same for whole lines with their newlines, which are written at once. */
  passLines(lines: Uint8Array): void;
  /** Call it often. After a minute without a line it writes what is waited for. */
  heartbeat(waitingFor: () => string): void;
  /** Milliseconds since the start. */
  elapsed(): number;
}

/** Writes to standard output; time starts now. */
export function startProgress(io: Io): Progress {
  const start = io.clock.now();
  let last = start;
  const reported = new Map<string, string>();
  const write = (text: string | Uint8Array) => {
    io.stdout.write(text);
    last = io.clock.now();
  };
  const elapsed = () => io.clock.now() - start;
  return {
    elapsed,
    say: (line) => write(`${plainText(line)}\n`),
    report: (subject, line) => {
      if (reported.get(subject) === line) return;
      reported.set(subject, line);
      write(plainText(`${subject}: ${line}\n`));
    },
    pass: (line) => write(Buffer.concat([plainLine(line), NEWLINE])),
    passLines: (lines) => write(plainLines(lines)),
    heartbeat: (waitingFor) => {
      if (io.clock.now() - last >= SILENCE)
        write(plainText(`still waiting after ${formatDuration(elapsed())}: ${waitingFor()}\n`));
    },
  };
}

const NEWLINE = Buffer.from('\n');
