import { spawn } from 'node:child_process';
import type { ProcessEnd, ProcessOptions } from './io.js';

/** Runs a program without a shell: `Processes.run`, with the folder and the environment that it falls back to. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<ProcessEnd> {
  return new Promise<ProcessEnd>((done) => {
    const stdout: Uint8Array[] = [];
    const stderr: Uint8Array[] = [];
    const text = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString('utf8');
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...options.env } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.signal ? { signal: options.signal } : {}),
    });
    child.stdout.on('data', (piece: Uint8Array) => {
      stdout.push(piece);
      options.onStdout?.(piece);
    });
    child.stderr.on('data', (piece: Uint8Array) => {
      stderr.push(piece);
      options.onStderr?.(piece);
    });
    // A program that ends before it read its input makes the pipe fail; its exit code says what matters.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => {
      done({ exitCode: undefined, stdout: text(stdout), stderr: text(stderr), error: error.message });
    });
    child.on('close', (exitCode, signal) => {
      const ended = { stdout: text(stdout), stderr: text(stderr) };
      done(
        exitCode === null
          ? { ...ended, exitCode: undefined, error: `ended by ${signal ?? 'a signal'}` }
          : { ...ended, exitCode },
      );
    });
  });
}
