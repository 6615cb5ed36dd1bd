import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { Way } from './scene.js';

/** Milliseconds that a slow registry thinks about each request. */
const SLOW = 4000;

/**
 * A registry whose first part of a repository's path says how it answers: `unauthorized/NAME/shop` is never given. What it
 * gives is that of another registry. NAME tells apart who asks.
 * @param target `host:port` of the other registry
 * @returns its `host:port`
 */
export async function openGate(t: Test, target: string): Promise<string> {
  const healed = new Set<string>();
  const server = createServer((request, response) => {
    const [, way = '', who = '', rest = ''] = /^(?:\/v2)?\/(\w+)\/([\w-]+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const pass = () => {
      const path = way === '' ? (request.url ?? '') : `/v2/${rest}`;
      const onward = send(`http://${target}${path}`, { method: request.method ?? 'GET', headers: request.headers });
      onward.on('error', () => response.destroy());
      onward.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    };
    const refuse = (status: number, headers = {}) => response.writeHead(status, headers).end();
    switch (way as Way | 'heal' | '') {
      case 'unauthorized':
        return refuse(401, { 'www-authenticate': 'Basic realm="shop"' });
      case 'forbidden':
        return refuse(403);
      case 'broken':
        return refuse(500);
      case 'flaky':
        return healed.has(who) ? pass() : refuse(503);
      case 'heal':
        healed.add(who);
        return refuse(204);
      case 'slow':
        return setTimeout(pass, SLOW);
      default:
        return pass();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
