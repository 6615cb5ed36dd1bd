import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const program = resolve('dist/build-once.mjs');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs build-once in a process of its own. `onStart` gets what kills it. */
export function buildOnce(
  cwd: string,
  args: readonly string[],
  onStart: (kill: () => void) => void = () => {},
): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: cwd };
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '' };
  child.stdout.on('data', (piece) => {
    text.out += piece;
  });
  child.stderr.on('data', (piece) => {
    text.err += piece;
  });
  onStart(() => void child.kill('SIGKILL'));
  return new Promise((done) => child.once('close', (code) => done({ code, ...text })));
}
