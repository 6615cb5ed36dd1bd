import type { Io } from './io.js';
import { nodeIo } from './node-io.js';

/** Runs `main` with the real world, and ends the process with the code that it returns. */
export async function runProcess(
  name: string,
  main: (args: readonly string[], io: Io) => Promise<number>,
): Promise<void> {
  const stop = new AbortController();
  // A second signal finds no handler any more and ends the process at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(signal));
  // Whoever reads the output may go away (`| head`); that is no reason for a stack trace.
  process.stdout.on('error', () => undefined);
  const io = nodeIo({
    env: process.env,
    cwd: process.cwd(),
    stdout: { write: (text) => void process.stdout.write(text) },
    stderr: { write: (text) => void process.stderr.write(text) },
    signal: stop.signal,
  });
  try {
    process.exitCode = await main(process.argv.slice(2), io);
  } catch (error) {
    process.exitCode = report(name, error);
  }
}

/** What the machine refused (a file that may not be read, a full disk) is no bug: it is said in one line. */
function report(name: string, error: unknown): number {
  if (error instanceof Error && 'syscall' in error) {
    process.stderr.write(`${name}: ${error.message}\n`);
    return 1;
  }
  process.stderr.write(`${name}: this is a bug of ${name}, please report it with the lines below.\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 3;
}
