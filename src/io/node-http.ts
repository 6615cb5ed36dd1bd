import type { IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline, Readable } from 'node:stream';
import {
  type BodyStream,
  type Http,
  HttpError,
  type HttpErrorReason,
  type HttpRequest,
  type HttpResponse,
} from './io.js';

/**
 * Bytes that a connection holds each way. Node's default of 16 KiB is a single TLS record: a layer of an image would wait
 * after each of them until the other side had taken it.
 */
const BUFFER = 256 * 1024;

/** `Http` over node:http and node:https, which (unlike the global fetch of Node 20) take a CA and a client certificate. */
export function nodeHttp(): Http {
  // Each watch holds one: a deployment of a hundred workloads watches several hundred things.
  const common = { keepAlive: true, maxSockets: 1024, highWaterMark: BUFFER };
  const plain = new http.Agent(common);
  const agents = new Map<string, https.Agent>();
  const agentFor = (request: HttpRequest): https.Agent => {
    const key = JSON.stringify(request.tls ?? {});
    const known = agents.get(key);
    if (known) return known;
    const { ca, cert, key: privateKey, serverName, insecure } = request.tls ?? {};
    const made = new https.Agent({
      ...common,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(privateKey === undefined ? {} : { key: privateKey }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(insecure === true ? { rejectUnauthorized: false } : {}),
    });
    agents.set(key, made);
    return made;
  };
  return (request) => send(request, agentFor, plain);
}

function send(
  request: HttpRequest,
  agentFor: (request: HttpRequest) => https.Agent,
  plain: http.Agent,
): Promise<HttpResponse> {
  if (!URL.canParse(request.url)) return Promise.reject(new HttpError('other', 'what was to be asked is not a URL'));
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const timeout = request.timeout ?? 30_000;
  return new Promise((resolve, reject) => {
    if (request.signal?.aborted) {
      reject(new HttpError('aborted', `${request.method} ${url.host}: aborted`));
      return;
    }
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body;
    const headers: Record<string, string> = { 'user-agent': 'build-once', ...request.headers };
    if (body !== undefined) headers['content-length'] = String(lengthOf(body));
    let sent: http.ClientRequest;
    try {
      sent = (secure ? https : http).request(url, {
        method: request.method,
        headers,
        agent: secure ? agentFor(request) : plain,
      });
    } catch (error) {
      // A header with a newline in it, a certificate that is none: what was given cannot be sent.
      reject(new HttpError('other', `${url.host} cannot be asked (${messageOf(error)})`, error));
      return;
    }
    const giveUp = () => {
      const what = `${request.method} ${url.pathname}`;
      sent.destroy(new HttpError('timeout', `${url.host} did not answer ${what} within ${timeout / 1000} s`));
    };
    const streamed = body !== undefined && 'pieces' in body;
    const timer = streamed ? undefined : setTimeout(giveUp, timeout);
    if (streamed) sent.setTimeout(timeout, giveUp);
    const abort = () => sent.destroy(new HttpError('aborted', `${request.method} ${url.host}: aborted`));
    request.signal?.addEventListener('abort', abort, { once: true });
    sent.on('response', (message) => {
      clearTimeout(timer);
      message.once('close', () => request.signal?.removeEventListener('abort', abort));
      resolve(response(message, url, request));
    });
    sent.on('error', (error) => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
      reject(httpError(error, url));
    });
    // What goes wrong on the way is an error of the request, too.
    if (streamed) pipeline(Readable.from(body.pieces), sent, () => {});
    else sent.end(body);
  });
}

function lengthOf(body: Uint8Array | BodyStream): number {
  return 'pieces' in body ? body.length : body.byteLength;
}

function response(message: IncomingMessage, url: URL, request: HttpRequest): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (request.idleTimeout !== undefined) {
    const limit = request.idleTimeout;
    message.setTimeout(limit, () => {
      const what = `its answer to ${request.method} ${url.pathname}`;
      message.destroy(new HttpError('timeout', `${url.host} sent nothing more of ${what} for ${limit / 1000} s`));
    });
  }
  const body = pieces(message, url);
  const bytes = async (limit = 8 * 1024 * 1024): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > limit) {
        message.destroy();
        throw new HttpError('too-large', `${url.host} answered with more than ${limit} bytes`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
  return {
    status: message.statusCode ?? 0,
    headers,
    body,
    bytes,
    text: async (limit) => Buffer.from(await bytes(limit)).toString('utf8'),
    discard: () => message.destroy(),
  };
}

async function* pieces(message: IncomingMessage, url: URL): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of message) yield chunk as Uint8Array;
  } catch (error) {
    throw httpError(error, url);
  }
}

const REASONS: Readonly<Record<string, HttpErrorReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'not-found',
  EAI_AGAIN: 'not-found',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  ETIMEDOUT: 'timeout',
};

const WORDS: Readonly<Record<HttpErrorReason, string>> = {
  timeout: 'did not answer in time',
  aborted: 'was not waited for',
  refused: 'refused the connection',
  'not-found': 'is a host name that cannot be found',
  reset: 'closed the connection',
  tls: 'has a certificate that is not trusted',
  'too-large': 'answered with too much',
  other: 'gave no answer',
};

function httpError(error: unknown, url: URL): HttpError {
  if (error instanceof HttpError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const text = messageOf(error);
  const tls = code.startsWith('ERR_TLS') || /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
  const reason: HttpErrorReason = tls ? 'tls' : (REASONS[code] ?? (text === 'aborted' ? 'reset' : 'other'));
  const detail = text !== '' && text !== 'aborted' ? ` (${text})` : code !== '' ? ` (${code})` : '';
  return new HttpError(reason, `${url.host} ${WORDS[reason]}${detail}`, error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
