import { tmpdir } from 'node:os';
import type { Clock, Http, Io, ProcessEnd, ProcessOptions } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { nodeIo } from '../../src/io/node-io.js';

/** An `Io` whose streams are collected and whose clock may be a fake one. */
export interface TestIo extends Io {
  /** Everything written to standard output, and to standard error. */
  out(): string;
  err(): string;
}

export type ScriptedProcess = (
  command: string,
  args: readonly string[],
  options: ProcessOptions,
) => Partial<ProcessEnd> | Promise<Partial<ProcessEnd>>;

export interface TestIoOptions {
  /** The whole environment. Default: PATH only. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the system's folder for temporary files. Tests that write give a folder of their own (`t.testdir()`). */
  readonly cwd?: string;
  /** Default: the real one. */
  readonly clock?: Clock;
  /** Stands for every program. What it returns is completed by exit code 0 and no output. Default: real programs. */
  readonly processes?: ScriptedProcess;
  /** Default: real requests. */
  readonly http?: Http;
  readonly signal?: AbortSignal;
  /** Standard input. Default: empty. */
  readonly input?: string;
}

/** The real world (files, programs, HTTP) as far as the options do not replace it. */
export function testIo(options: TestIoOptions = {}): TestIo {
  const pieces = { out: '', err: '' };
  const collect = (name: 'out' | 'err') => ({
    write: (text: string | Uint8Array) => {
      pieces[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    },
  });
  const io = nodeIo({
    env: options.env ?? { PATH: process.env['PATH'] },
    cwd: options.cwd ?? tmpdir(),
    stdout: collect('out'),
    stderr: collect('err'),
    signal: options.signal ?? new AbortController().signal,
    http: options.http ?? nodeHttp(),
    readInput: async () => options.input ?? '',
  });
  const { processes } = options;
  return {
    ...io,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(processes === undefined
      ? {}
      : {
          processes: {
            run: async (command, args, given = {}) => ({
              exitCode: 0,
              stdout: '',
              stderr: '',
              ...(await processes(command, args, given)),
            }),
          },
        }),
    out: () => pieces.out,
    err: () => pieces.err,
  };
}

/** A clock that stands still, but for `sleep`, which moves it and returns at once. */
export function fakeClock(start = Date.parse('2026-01-01T00:00:00Z')): Clock & { readonly slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
      await new Promise((done) => setImmediate(done));
    },
  };
}
