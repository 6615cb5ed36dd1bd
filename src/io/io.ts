/**
 * Everything that reaches outside of the process, as one value. Code below `cli/` and `commands/main` takes an `Io` and
 * touches nothing else, so a test can let an hour pass in a millisecond and read every byte that was written.
 */
export interface Io {
  /** Environment variables, as the process was started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Data, and the progress of a job. */
  readonly stdout: Output;
  /** Words for a person: failures and hints. */
  readonly stderr: Output;
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  readonly http: Http;
  /** Aborted when the process is asked to end (SIGTERM, SIGINT). */
  readonly signal: AbortSignal;
  /** All of standard input, as text. It can be read once. */
  readonly readInput: () => Promise<string>;
  /**
   * Puts a question to a person and resolves with the line that comes back; undefined when the person ended the input
   * instead (Ctrl-C, Ctrl-D). Only there when standard input and standard error are terminals.
   */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined;
}

export interface Output {
  write(text: string | Uint8Array): void;
}

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after `milliseconds`; at once when `signal` is or gets aborted. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Relative paths start at `Io.cwd`. Errors of the file system that are not named here are thrown as they come; those of
 * `read` and `write` always have the `path` that was asked for.
 */
export interface Files {
  /** The text of a file, or undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** Writes a whole file or nothing: to a temporary name beside it, then renamed. Makes the folders it needs. */
  write(path: string, text: string, options?: { readonly mode?: number }): Promise<void>;
  /** Names in a folder, sorted, or undefined where there is none. */
  list(path: string): Promise<readonly string[] | undefined>;
  /** What stands at a path, or undefined where nothing does. A link is a link, wherever it leads. `size` is in bytes. */
  inspect(path: string): Promise<{ readonly kind: FileKind; readonly size: number } | undefined>;
  /** Makes a symbolic link at `path` that leads to `target`. */
  link(target: string, path: string): Promise<void>;
  /** Makes a new folder for temporary files that only this user can read, and returns its path. */
  makeTemporary(): Promise<string>;
  /** Removes a file, a link or a folder with all that is in it. Links in it are removed and not followed. */
  remove(path: string): Promise<void>;
}

export type FileKind = 'file' | 'folder' | 'link' | 'other';

export interface Processes {
  /**
   * Runs a program without a shell. A program that cannot be started (not found, not allowed) is an `exitCode` of
   * undefined with the reason in `error`.
   */
  run(command: string, args: readonly string[], options?: ProcessOptions): Promise<ProcessEnd>;
}

export interface ProcessOptions {
  /** The whole environment of the program. Default: `Io.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Text for its standard input. Default: empty. */
  readonly input?: string;
  /** Called with each piece of standard output, and of standard error, as it comes. */
  readonly onStdout?: (piece: Uint8Array) => void;
  readonly onStderr?: (piece: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

export interface ProcessEnd {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: string;
}

/** Sends one request. Resolves with any status; rejects with an `HttpError` when no whole response head arrived. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | BodyStream;
  readonly tls?: Tls;
  /**
   * Milliseconds until the response head must be there; of a body that is a stream, milliseconds in which nothing moves.
   * Default 30,000.
   */
  readonly timeout?: number;
  /** Milliseconds that the body may be silent. Default: no limit. */
  readonly idleTimeout?: number;
  readonly signal?: AbortSignal;
}

/** A body that is sent as it comes. It is read once: whoever repeats the request makes another. */
export interface BodyStream {
  /** Bytes in all. */
  readonly length: number;
  /** What rejects here breaks the request off, so that the server never takes it for whole. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** TLS settings of a Kubernetes API server. PEM texts. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. Several headers of one name are joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it arrives. Read it, or call `discard`. Iterating rejects with an `HttpError` when it is cut off. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body; an `HttpError` of reason `too-large` above `limit` bytes (default 8 MiB). */
  bytes(limit?: number): Promise<Uint8Array>;
  text(limit?: number): Promise<string>;
  /** Closes the connection without reading on. */
  discard(): void;
}

export type HttpErrorReason = 'timeout' | 'aborted' | 'refused' | 'not-found' | 'reset' | 'tls' | 'too-large' | 'other';

/** No response, or a body that was cut off. `message` names the host and what was waited for; it holds no header. */
export class HttpError extends Error {
  readonly reason: HttpErrorReason;
  constructor(reason: HttpErrorReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'HttpError';
    this.reason = reason;
  }
}
