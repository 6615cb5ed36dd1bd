import { type Http, HttpError } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';

/**
 * Real requests, but each log stream breaks after so many bytes, most often in the middle of a line.
 * @param bytesOf for the stream of this number, the first is 1. A stream begins with some seconds that were given before.
 */
export function cutLogs(bytesOf: (stream: number) => number): { readonly http: Http; readonly cuts: () => number } {
  const real = nodeHttp();
  let streams = 0;
  let cuts = 0;
  const http: Http = async (request) => {
    const response = await real(request);
    if (!/\/log\?.*follow=true/.test(request.url) || response.status !== 200) return response;
    const body = async function* () {
      let left = bytesOf(++streams);
      for await (const piece of response.body) {
        yield piece.subarray(0, left);
        left -= piece.byteLength;
        if (left > 0) continue;
        cuts++;
        response.discard();
        throw new HttpError('reset', 'cut off by the test');
      }
    };
    return { ...response, body: body() };
  };
  return { http, cuts: () => cuts };
}
