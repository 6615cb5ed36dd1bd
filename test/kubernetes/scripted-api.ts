import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { type Http, HttpError } from '../../src/io/io.js';

/** A request as a scripted API server sees it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent one by one. */
  readonly pieces?: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  /** The connection is cut: before an answer when there are no pieces, else after them. */
  readonly cut?: true;
}

export type Script = (call: Call) => Reply | Promise<Reply>;

/** A `Status` of the API server. */
export function status(code: number, reason: string, message: string): Reply {
  return { status: code, json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code } };
}

/** A real HTTP server on the loopback interface that answers by the script; its URL. */
export async function serve(t: Test, script: Script): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const url = new URL(request.url ?? '', 'http://api');
    const { method = '', headers } = request;
    const reply = await script({ method, path: url.pathname, query: url.searchParams, headers, body });
    if (reply.cut === true && reply.pieces === undefined) {
      response.socket?.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, { ...reply.headers });
    // The head of a watch comes before its first event.
    response.flushHeaders();
    for await (const piece of reply.pieces ?? [JSON.stringify(reply.json)]) {
      await new Promise((done) => response.write(piece, done));
    }
    if (reply.cut === true) response.socket?.destroy();
    else response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * The same without a socket, for tests in which hours pass. A watch tells of what the script would answer to a list, or
 * for one object to a get, whenever that has changed.
 */
export function inProcess(script: Script): Http {
  const watched = watchWorld(script);
  return async (request) => {
    const url = new URL(request.url);
    const { method, headers = {} } = request;
    if (typeof request.body === 'object' && 'pieces' in request.body) throw new Error('no streams here');
    const body = request.body === undefined ? '' : Buffer.from(request.body).toString();
    const call = { method, path: url.pathname, query: url.searchParams, headers, body };
    const reply = await watched(call, request.signal);
    if (reply.cut === true && reply.pieces === undefined) throw new HttpError('reset', 'api closed the connection');
    const given = reply.pieces ?? [JSON.stringify(reply.json)];
    const pieces = async function* () {
      const iterator = Symbol.asyncIterator in given ? given[Symbol.asyncIterator]() : given[Symbol.iterator]();
      let abort = () => {};
      const aborted = new Promise<never>((_, reject) => {
        abort = () => reject(new HttpError('aborted', 'api: aborted'));
      });
      aborted.catch(() => undefined);
      request.signal?.addEventListener('abort', abort);
      try {
        for (;;) {
          const next = await Promise.race([iterator.next(), aborted]);
          if (next.done === true) break;
          yield Buffer.from(next.value);
        }
      } finally {
        request.signal?.removeEventListener('abort', abort);
      }
      if (reply.cut === true) throw new HttpError('reset', 'api closed the connection');
    };
    const bytes = async () => {
      const all: Uint8Array[] = [];
      for await (const piece of pieces()) all.push(piece);
      return Buffer.concat(all);
    };
    return {
      status: reply.status ?? 200,
      headers: reply.headers ?? {},
      body: pieces(),
      bytes,
      text: async () => (await bytes()).toString('utf8'),
      discard: () => undefined,
    };
  };
}

/** Answers the watches of a script that knows of none. */
function watchWorld(script: Script): (call: Call, signal?: AbortSignal) => Promise<Reply> {
  /** By path and labels, what was told of each object. */
  const told = new Map<string, ReadonlyMap<string, string>>();
  const textsOf = ({ json }: Reply): ReadonlyMap<string, string> => {
    const { items = [json] } = json as { readonly items?: readonly unknown[] };
    const nameOf = (item: unknown) => (item as { metadata?: { name?: string } }).metadata?.name ?? '';
    return new Map(items.map((item) => [nameOf(item), JSON.stringify(item)]));
  };
  return async (call, signal) => {
    const name = /^metadata\.name=(.*)$/.exec(call.query.get('fieldSelector') ?? '')?.[1];
    const one =
      call.query.get('watch') === null || name === undefined ? call : { ...call, path: `${call.path}/${name}` };
    const key = `${one.path} ${call.query.get('labelSelector')}`;
    const reply = await script(one);
    if (call.method !== 'GET' || reply.json === undefined || (reply.status ?? 200) >= 300) return reply;
    if (one.query.get('watch') === null) {
      if (!call.path.endsWith('/log')) told.set(key, textsOf(reply));
      return reply;
    }
    const events = async function* () {
      for (let now: Reply = reply; signal?.aborted !== true; now = await script(one)) {
        // What the script cannot answer now cuts the watch, too.
        if (now.cut === true) throw new HttpError('reset', 'api closed the connection');
        const before = told.get(key) ?? new Map<string, string>();
        const after = now.status === 404 ? new Map<string, string>() : textsOf(now);
        told.set(key, after);
        for (const [id, object] of after) {
          if (before.get(id) !== object)
            yield `{"type":"${before.has(id) ? 'MODIFIED' : 'ADDED'}","object":${object}}\n`;
        }
        for (const [id, object] of before) if (!after.has(id)) yield `{"type":"DELETED","object":${object}}\n`;
        await new Promise((done) => setImmediate(done));
      }
    };
    return { pieces: events() };
  };
}
