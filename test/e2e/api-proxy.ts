import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { load } from 'js-yaml';
import type { Test } from 'tap';

/** What a server answers in place of the API server. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A proxy before the API server of a cluster, that lets something happen at one of the requests or at all of them. */
export interface ApiProxy {
  /** A kubeconfig that leads through it, as the deployer. */
  readonly kubeconfig: string;
  /** What came, in order: `PATCH /apis/apps/v1/...`. */
  readonly requests: string[];
  /** At the request of this number (the first is 1): before the API server sees it, or when its answer is there. */
  strike: { readonly at: number; readonly moment: 'before' | 'after'; act(): void } | undefined;
  /** What is answered in place of the API server; undefined: it is asked. `cut`: the connection is cut off. */
  answer: (number: number, request: string) => Answer | 'cut' | undefined;
}

/** What is read of a kubeconfig whose user has a token. */
interface TokenKubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

export async function apiProxy(t: Test): Promise<ApiProxy> {
  const config = load(await readFile(process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '', 'utf8')) as TokenKubeconfig;
  const target = config.clusters[0]?.cluster.server ?? '';
  const token = config.users[0]?.user.token ?? '';
  const server = createServer((request, response) => {
    proxy.requests.push(`${request.method} ${request.url}`);
    const number = proxy.requests.length;
    const strike = proxy.strike?.at === number ? proxy.strike : undefined;
    if (strike?.moment === 'before') {
      strike.act();
      request.socket.destroy();
      return;
    }
    const answer = proxy.answer(number, proxy.requests.at(-1) ?? '');
    if (answer === 'cut') request.socket.destroy();
    else if (answer !== undefined) response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    else pass(target, request, response, strike?.act);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const proxy: ApiProxy = {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'proxy',
      clusters: [{ name: 'proxy', cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
      users: [{ name: 'deployer', user: { token } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'deployer' } }],
    }),
    requests: [],
    strike: undefined,
    answer: () => undefined,
  };
  return proxy;
}

function pass(target: string, request: IncomingMessage, response: ServerResponse, strike?: () => void): void {
  const { method = 'GET', url = '', headers } = request;
  const onward = send(`${target}${url}`, { method, headers, rejectUnauthorized: false }, (answer) => {
    if (strike !== undefined) {
      strike();
      request.socket.destroy();
      answer.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // The head of a watch comes before its first event.
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
