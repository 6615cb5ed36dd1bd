import { setMaxListeners } from 'node:events';
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pid } from 'node:process';
import type { Clock, Files, Http, Io, Output, Processes } from './io.js';

/** What `nodeIo` cannot take from the machine by itself: the parts of `process`. */
export interface NodeIoOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signal: AbortSignal;
  /** Default: nothing comes in. */
  readonly readInput?: () => Promise<string>;
  /** Default: `nodeHttp()`, loaded at the first request. */
  readonly http?: Http;
}

/** The real world as an `Io`. */
export function nodeIo(options: NodeIoOptions): Io {
  let http = options.http;
  // Whatever is on its way listens to it: that is no leak, and Node is not to warn of one in the log of a job.
  setMaxListeners(0, options.signal);
  return {
    env: options.env,
    cwd: options.cwd,
    stdout: options.stdout,
    stderr: options.stderr,
    signal: options.signal,
    readInput: options.readInput ?? (async () => ''),
    clock: nodeClock,
    files: nodeFiles(options.cwd),
    processes: nodeProcesses(options.cwd, options.env),
    http: async (request) => {
      http ??= (await import('./node-http.js')).nodeHttp();
      return http(request);
    },
  };
}

const nodeClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((done) => {
      if (signal?.aborted) {
        done();
        return;
      }
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        done();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener('abort', end, { once: true });
    }),
};

/** Counts the files written by this process, so that no two temporary names are the same. */
let writes = 0;

/**
 * The files of this machine. They are few and small: Node's threads, which would read them beside other work, take longer
 * to start than that.
 */
function nodeFiles(cwd: string): Files {
  return {
    read: async (path) => {
      try {
        return readFileSync(resolve(cwd, path), 'utf8');
      } catch (error) {
        // A name that is too long is no file's, and may be a secret that was taken for one: it is not shown.
        if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR') || isCode(error, 'ENAMETOOLONG')) return undefined;
        throw withPath(error, path);
      }
    },
    write: async (path, text, options) => {
      try {
        replaceFile(followLinks(resolve(cwd, path)), text, options?.mode);
      } catch (error) {
        throw withPath(error, path);
      }
    },
    list: async (path) => {
      try {
        return readdirSync(resolve(cwd, path)).sort();
      } catch (error) {
        if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
        throw error;
      }
    },
    inspect: async (path) => {
      try {
        const found = lstatSync(resolve(cwd, path));
        const folder = found.isDirectory() ? 'folder' : 'other';
        return { kind: found.isSymbolicLink() ? 'link' : found.isFile() ? 'file' : folder, size: found.size };
      } catch (error) {
        if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
        throw error;
      }
    },
    link: async (target, path) => symlinkSync(target, resolve(cwd, path)),
    makeTemporary: async () => mkdtempSync(join(tmpdir(), 'build-once-')),
    remove: async (path) => rmSync(resolve(cwd, path), { force: true, recursive: true }),
  };
}

/** @param given the permissions that the file gets; else those that it has stay, and a new one gets the usual ones */
function replaceFile(target: string, text: string, given: number | undefined): void {
  const temporary = `${target}.${pid}-${++writes}.tmp`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    const before = statSync(target, { throwIfNoEntry: false });
    // A file that is protected is not replaced either, although its folder would let that happen.
    if (before !== undefined) accessSync(target, constants.W_OK);
    const mode = given ?? (before === undefined ? undefined : before.mode & 0o777);
    writeFileSync(temporary, text, mode === undefined ? {} : { mode });
    // The umask has taken away what it stands for.
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, target);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** A link stays a link: what it points at is written, and made where it is not there yet. */
function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    const next = linkedFrom(path);
    return next === undefined ? path : followLinks(resolve(dirname(path), next));
  }
}

function linkedFrom(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** What is wrong here comes after another failure, which is the one to tell. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

/** Node names the temporary file that could not be written, and for a folder that was read nothing at all. */
function withPath(error: unknown, path: string): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function nodeProcesses(cwd: string, env: Readonly<Record<string, string | undefined>>): Processes {
  return {
    run: async (command, args, options = {}) => {
      const { runProgram } = await import('./node-processes.js');
      return runProgram(command, args, { ...options, cwd: resolve(cwd, options.cwd ?? '.'), env: options.env ?? env });
    },
  };
}
