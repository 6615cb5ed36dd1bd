// A proxy before a registry that counts what goes through it, and holds each request back as a long way does.
import { createServer, request as send } from 'node:http';

/**
 * @param target host and port of a registry over plain HTTP
 * @param delay milliseconds for each request
 */
export async function startProxy(target, delay) {
  const proxy = { host: '', requests: [], layerBytes: 0 };
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    proxy.requests.push(`${method} ${url}`);
    const count = (bytes) => {
      // What is sent to or got from an address of blobs; a manifest has another.
      if (url.includes('/blobs/')) proxy.layerBytes += bytes;
    };
    await new Promise((done) => setTimeout(done, delay));
    const onward = send(`http://${target}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.on('data', (piece) => count(piece.length));
      answer.pipe(response);
    });
    onward.on('error', () => request.socket.destroy());
    request.on('data', (piece) => count(piece.length));
    request.pipe(onward);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  proxy.host = `127.0.0.1:${server.address().port}`;
  /** What has gone through since the last call. */
  const take = () => {
    const { requests, layerBytes } = proxy;
    Object.assign(proxy, { requests: [], layerBytes: 0 });
    return { requests, layerBytes };
  };
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { host: proxy.host, take, stop };
}
