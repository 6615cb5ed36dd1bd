import { setMaxListeners } from 'node:events';
import type { Io } from './io.js';
import { nodeIo } from './node-io.js';
import { explainSystemError } from './system-error.js';

/** Runs `main` with the real world, and ends the process with the code that it returns. */
export async function runProcess(
  name: string,
  main: (args: readonly string[], io: Io) => Promise<number>,
): Promise<void> {
  // Every request under way listens to one signal; node's warning about eleven would be the first line of a failure.
  setMaxListeners(0);
  const stop = new AbortController();
  // A second signal finds no handler any more and ends the process at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(signal));
  // Whoever reads the output may go away (`| head`); that is no reason for a stack trace.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const machine = nodeIo({
    env: process.env,
    cwd: process.cwd(),
    stdout: { write: (text) => void process.stdout.write(text) },
    stderr: { write: (text) => void process.stderr.write(text) },
    signal: stop.signal,
    readInput,
  });
  const io: Io = {
    ...machine,
    // Node makes standard input when it is looked at, which takes as long as many a command.
    get ask() {
      return process.stdin.isTTY && process.stderr.isTTY ? ask : undefined;
    },
  };
  try {
    process.exitCode = await main(process.argv.slice(2), io);
  } catch (error) {
    process.exitCode = report(name, error);
  }
}

async function readInput(): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Asks on standard error, so that standard output stays data. */
async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string | undefined>((done) => {
    terminal.question(question, done);
    // Ctrl-C and Ctrl-D close it.
    terminal.once('close', () => done(undefined));
  });
  terminal.close();
  if (answer === undefined) process.stderr.write('\n');
  return answer;
}

/** What the machine refused (a file that may not be read, a full disk) is no bug: it is said in one line. */
function report(name: string, error: unknown): number {
  if (error instanceof Error && 'syscall' in error) {
    process.stderr.write(`${name}: ${explainSystemError(error)}\n`);
    return 1;
  }
  process.stderr.write(`${name}: this is a bug of ${name}, please report it with the lines below.\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 3;
}
