// A proxy before an API server, that counts the requests and the bytes of the answers.
import { createServer, request as send } from 'node:http';

/** @param target host and port that take requests without credentials, as `kubectl proxy` does */
export async function startProxy(target) {
  const counted = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    counted.requests++;
    const { authorization: _, host: __, ...headers } = request.headers;
    const onward = send(`http://${target}${request.url}`, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      answer.on('data', (piece) => {
        counted.bytes += piece.length;
      });
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { server: `http://127.0.0.1:${server.address().port}`, counted, stop };
}

/** A kubeconfig for it. */
export function kubeconfigOf(server) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 'none' } }],
  });
}
