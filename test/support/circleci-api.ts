import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** What the endpoint was asked to continue with. */
export interface Continuation {
  readonly 'continuation-key': string;
  readonly configuration: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** How the endpoint answers; `cut` does the work and closes the connection without an answer. */
export type Reply =
  | { readonly status: number; readonly message: string; readonly headers?: Record<string, string> }
  | 'cut';

/** CircleCI's endpoint "Continue a pipeline" on this machine: it continues once, unless `replies` has answers left. */
export async function startCircleApi(t: Test, replies: Reply[] = []) {
  const continued: Continuation[] = [];
  const requests: { readonly method: string; readonly url: string }[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '' });
    const body = JSON.parse(await read(request)) as Continuation;
    const scripted = replies.shift();
    const reply: Reply =
      scripted ??
      (continued.length > 0
        ? { status: 409, message: 'Pipeline is not in setup state.' }
        : { status: 200, message: 'Accepted.' });
    if (reply === 'cut' || reply.status === 200) continued.push(body);
    if (reply === 'cut') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify({ message: reply.message }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { host: `http://127.0.0.1:${port}`, continued, requests };
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
