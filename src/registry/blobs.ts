import type { HttpResponse } from '../io/io.js';
import type { Repository } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { isPrivate } from './address.js';
import { cleanText, type RegistryError } from './error.js';
import type { Descriptor } from './manifest.js';
import { isHtml, readRefusal, WEB_PAGE } from './refusal.js';
import { type Answer, readAnswer, type Transport } from './transport.js';

/** Where the bytes of a blob go, and how many of them are there. */
export interface Upload {
  readonly address: string;
  readonly offset: number;
}

/** The blobs of one repository, of any size: they are never held in memory. */
export interface BlobStore {
  /** Whether a blob is there. */
  hasBlob(digest: string): Promise<Result<boolean, RegistryError>>;
  /**
   * The answer whose body is a blob; nothing has checked its bytes. Read or discard it. A single attempt.
   * @throws HttpError, here or while the bytes come
   */
  readBlob(digest: string): Promise<Result<HttpResponse, RegistryError>>;
  /**
   * Starts an upload.
   * @param from another repository of the same registry that has the blob; where the registry takes it over from there,
   * nothing is left to be sent, and the result is undefined
   */
  startUpload(digest: string, from?: Repository): Promise<Result<Upload | undefined, RegistryError>>;
  /** How far an upload that broke off has come; undefined where the registry has none of it, or does not say. */
  resumeUpload(upload: Upload, blob: Descriptor): Promise<Result<Upload | undefined, RegistryError>>;
  /**
   * Sends the bytes of a blob that an upload lacks. A single attempt.
   * @param pieces the bytes from its offset on
   * @throws HttpError
   */
  finishUpload(
    upload: Upload,
    blob: Descriptor,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<Result<Answer, RegistryError>>;
}

/** Milliseconds in which nothing of an upload moves; a registry may need a while to put a large blob in its place. */
const UPLOAD_TIMEOUT = 300_000;

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-blobs */
export function createBlobStore(options: {
  readonly repository: Repository;
  /** URL of the repository, without a slash at the end. */
  readonly base: string;
  readonly transport: Transport;
  readonly anonymous: boolean;
}): BlobStore {
  const { repository, base, transport, anonymous } = options;
  const limit = 1024 * 1024;
  const refused = (answer: Answer, reference: string, action: 'pull' | 'push') =>
    fail(readRefusal(answer, { repository, reference, what: 'blob', action, anonymous }));

  /** The address in an answer about an upload; undefined where it is none that the login may go to. */
  const addressOf = (answer: Answer, asked: string): string | undefined => {
    const location = answer.headers['location'] ?? '';
    const address = URL.canParse(location, asked) ? new URL(location, asked) : undefined;
    // The login goes along, so the bytes go nowhere else than to the registry itself.
    const isGood = location !== '' && address?.origin === new URL(base).origin && isPrivate(address);
    return isGood ? address.href : undefined;
  };

  const post = (digest: string, query: string) =>
    transport.send({ method: 'POST', url: `${base}/blobs/uploads/${query}`, body: '', reference: digest, limit });

  return {
    hasBlob: async (digest) => {
      const sent = await transport.send({ method: 'HEAD', url: `${base}/blobs/${digest}`, reference: digest, limit });
      if (!sent.ok) return sent;
      if (sent.value.status === 200 && isHtml(sent.value)) {
        return fail({ kind: 'invalid', repository, reference: digest, message: WEB_PAGE });
      }
      if (sent.value.status === 200) return ok(true);
      return sent.value.status === 404 ? ok(false) : refused(sent.value, digest, 'pull');
    },

    readBlob: async (digest) => {
      const opened = await transport.open({ method: 'GET', url: `${base}/blobs/${digest}`, reference: digest });
      if (!opened.ok) return opened;
      if (opened.value.status === 200) return opened;
      return refused(await readAnswer(opened.value), digest, 'pull');
    },

    startUpload: async (digest, from) => {
      const mount = from === undefined ? undefined : new URLSearchParams({ mount: digest, from: from.path });
      const mounted = mount === undefined ? undefined : await post(digest, `?${mount}`);
      if (mounted?.ok === true && mounted.value.status === 201) return ok(undefined);
      // A registry that does not mount starts an upload at once, unless the login may not read the other repository.
      const started = mounted?.ok === true && mounted.value.status === 202 ? mounted : await post(digest, '');
      if (!started.ok) return started;
      if (started.value.status !== 202) return refused(started.value, digest, 'push');
      const address = addressOf(started.value, `${base}/blobs/uploads/`);
      if (address !== undefined) return ok({ address, offset: 0 });
      const message = cleanText(`it wants the upload sent to "${started.value.headers['location'] ?? ''}"`);
      return fail({ kind: 'invalid', repository, reference: digest, message });
    },

    resumeUpload: async ({ address }, { digest, size }) => {
      const sent = await transport.send({ method: 'GET', url: address, reference: digest, limit });
      if (!sent.ok) return sent;
      // The last byte that is there, from 0: an upload without any says the same as one with a single byte.
      const last = Number(/^(?:bytes=)?0-(\d{1,15})$/.exec(sent.value.headers['range'] ?? '')?.[1] ?? 0);
      if (sent.value.status !== 204 || last === 0 || last >= size) return ok(undefined);
      return ok({ address: addressOf(sent.value, address) ?? address, offset: last + 1 });
    },

    finishUpload: async ({ address, offset }, blob, pieces) => {
      const url = `${address}${address.includes('?') ? '&' : '?'}digest=${encodeURIComponent(blob.digest)}`;
      const range = offset === 0 || offset === blob.size ? {} : { 'content-range': `${offset}-${blob.size - 1}` };
      const opened = await transport.open({
        method: 'PUT',
        url,
        headers: { 'content-type': 'application/octet-stream', ...range },
        body: { length: blob.size - offset, pieces },
        timeout: UPLOAD_TIMEOUT,
        reference: blob.digest,
      });
      return opened.ok ? ok(await readAnswer(opened.value)) : opened;
    },
  };
}
