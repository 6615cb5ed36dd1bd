import { Problem } from './problem.js';

const maximumBytes = 64 * 1024;

/**
 * The body of a request as a value.
 * @throws {Problem} 415 for another media type, 413 for more than 64 KiB, 400 for what is no JSON
 */
export async function readJson(request) {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0].trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Problem(415, 'unsupported_media_type', 'Send the body as application/json.');
  }
  const body = await readBody(request);
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Problem(400, 'bad_json', `The body is no JSON: ${error.message}.`, { cause: error });
  }
}

async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > maximumBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new Problem(400, 'incomplete_body', 'The body ended before it was complete.', { cause: error });
  }
  if (bytes > maximumBytes) {
    // The rest is not read, so the connection cannot be used again.
    throw new Problem(413, 'body_too_large', 'The body is larger than 64 KiB.', { headers: { connection: 'close' } });
  }
  return Buffer.concat(chunks).toString('utf8');
}
