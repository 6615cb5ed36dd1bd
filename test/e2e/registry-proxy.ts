import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { sendError, sha256 } from '../support/fake-registry.js';

/** Where in a request something happens: before the registry sees it, in the middle of its body, before its answer is given. */
export type Moment = 'before' | 'middle' | 'after';

/** A proxy before a registry, that lets something happen at one of the requests. */
export interface RegistryProxy {
  readonly host: string;
  /** What came, in order: `PUT /v2/shop/manifests/v1`. */
  readonly requests: string[];
  /** What happens once, at the request of this number (the first is 1). The client is cut off then. */
  strike: { readonly at: number; readonly moment: Moment; act(): void | Promise<void> } | undefined;
  /** Whether a tag that is there is kept from moving, as ECR does it. */
  immutable: boolean;
}

/** @param target `host:port` of the registry */
export async function registryProxy(t: Test, target: string): Promise<RegistryProxy> {
  /** One after the other for each tag: the look and the write are one. */
  const turns = new Map<string, Promise<void>>();
  const server = createServer((request, response) => {
    proxy.requests.push(`${request.method} ${request.url}`);
    const strike = proxy.strike?.at === proxy.requests.length ? proxy.strike : undefined;
    if (strike !== undefined) proxy.strike = undefined;
    const tag = /\/manifests\/([^/:]+)$/.exec(request.url ?? '')?.[1];
    if (proxy.immutable && request.method === 'PUT' && tag !== undefined) {
      const turn = (turns.get(tag) ?? Promise.resolve()).then(() => putOnce(target, request, response));
      turns.set(tag, turn);
      return;
    }
    void pass(target, request, response, strike);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const proxy: RegistryProxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    strike: undefined,
    immutable: false,
  };
  return proxy;
}

async function pass(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  strike: RegistryProxy['strike'],
): Promise<void> {
  const { socket } = request;
  const cut = async () => {
    await strike?.act();
    socket.destroy();
  };
  if (strike?.moment === 'before') return cut();
  const { method, url, headers } = request;
  const onward = send(`http://${target}${url}`, { method: method ?? 'GET', headers });
  onward.on('error', () => socket.destroy());
  onward.on('response', async (answer) => {
    if (strike?.moment === 'after') {
      answer.resume();
      await new Promise((done) => answer.once('close', done));
      return cut();
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => socket.destroy());
    answer.pipe(response);
  });
  if (strike?.moment === 'middle') {
    let left = Math.floor(Number(headers['content-length'] ?? 0) / 2);
    for await (const piece of request) {
      onward.write((piece as Buffer).subarray(0, left));
      left -= (piece as Buffer).length;
      if (left <= 0) break;
    }
    await cut();
    onward.destroy();
    return;
  }
  request.pipe(onward);
}

/** Puts a manifest where its tag is free or on the same digest; refuses it in the words of ECR otherwise. */
async function putOnce(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const type = request.headers['content-type'] ?? '';
  const address = `http://${target}${request.url}`;
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  const there = (await fetch(address, { method: 'HEAD', headers: { accept } })).headers.get('docker-content-digest');
  if (there !== null && there !== sha256(body)) {
    const tag = address.split('/').at(-1);
    const text = `The image tag '${tag}' already exists in the repository and cannot be overwritten because the tag is immutable.`;
    return void sendError(response, 400, 'TAG_INVALID', text);
  }
  const put = await fetch(address, { method: 'PUT', headers: { 'content-type': type }, body });
  response.writeHead(put.status, { 'docker-content-digest': sha256(body) }).end(await put.text());
}
