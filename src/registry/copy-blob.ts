import { HttpError, type Io } from '../io/io.js';
import { isTransientStatus, withRetries } from '../io/retry.js';
import { fail, ok, type Result } from '../result.js';
import type { Upload } from './blobs.js';
import { cleanText, type RegistryError } from './error.js';
import type { Descriptor } from './manifest.js';
import { readRefusal } from './refusal.js';
import type { RegistryRepository } from './registry.js';
import type { Answer } from './transport.js';
import { skipping, verified, WrongBytes } from './verified.js';

/** Two repositories, and the world between them. */
export interface Route {
  readonly from: RegistryRepository;
  readonly to: RegistryRepository;
  readonly io: Io;
}

/** How a blob came to be where it is. */
export type Arrival = 'there' | 'mounted' | 'copied';

/**
 * Brings one blob from one repository to another: taken over inside of a registry that does that, else streamed from the
 * one to the other, checked on its way and never held in memory. What breaks off is tried again, up to five times: from
 * where the destination says that it is, or anew where that has kept nothing of it.
 * @param onBytes told how many bytes have gone on
 */
export async function copyBlob(
  route: Route,
  blob: Descriptor,
  onBytes: (count: number) => void,
): Promise<Result<Arrival, RegistryError>> {
  const { to, io } = route;
  const there = await to.hasBlob(blob.digest);
  if (!there.ok) return there;
  if (there.value) return ok('there');
  let broken: Upload | undefined;
  let asked = to.repository.host;
  const transferOnce = async (): Promise<Attempt> => {
    const begun = await begin(route, blob, broken);
    if (!begun.ok) return final(begun);
    if (begun.value === undefined) return final(ok('mounted'));
    // Until there is an answer that ends it, it may be gone on with.
    broken = begun.value;
    const made = await transfer(route, blob, begun.value, onBytes);
    if (!made.result.ok) asked = made.result.error.repository.host;
    if (!isTransientStatus(made.status)) broken = undefined;
    return { ...made, isResumed: begun.value.offset > 0 };
  };
  let lost = false;
  const attempt = async (): Promise<Attempt> => {
    const made = await transferOnce();
    if (made.isResumed && made.status >= 400 && made.status < 500) return transferOnce();
    // A token that ended, or an upload that the registry has forgotten: both are new the second time.
    if (lost || (made.status !== 401 && made.status !== 404)) return made;
    lost = true;
    return transferOnce();
  };
  /** After a fault: the registry may have taken all of it, and only its answer was lost. */
  const recover = async (): Promise<Attempt | undefined> => {
    const found = await to.hasBlob(blob.digest);
    return found.ok && found.value ? final(ok('copied')) : undefined;
  };
  try {
    const { result, tries } = await withRetries(io, { server: () => asked, recover }, attempt);
    return !result.ok && result.error.kind === 'unavailable'
      ? fail({ ...result.error, tries: result.error.tries || tries })
      : result;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { repository } = error instanceof SourceError ? route.from : to;
    return fail({ kind: 'unreachable', repository, message: cleanText(error.message) });
  }
}

/** Goes on with an upload that broke off, or starts another; undefined where the registry had the blob elsewhere. */
async function begin(
  { from, to }: Route,
  blob: Descriptor,
  broken: Upload | undefined,
): Promise<Result<Upload | undefined, RegistryError>> {
  const left = broken === undefined ? undefined : await to.resumeUpload(broken, blob);
  if (left?.ok === true && left.value !== undefined) return left;
  return to.startUpload(blob.digest, from.repository.host === to.repository.host ? from.repository : undefined);
}

/** What the retries look at. */
interface Attempt {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly result: Result<Arrival, RegistryError>;
  /** Whether it went on with an upload that had broken off. */
  readonly isResumed?: boolean;
}

/** Nothing that another attempt would change. */
function final(result: Attempt['result']): Attempt {
  return { status: 0, headers: {}, result };
}

/** The source gave no answer, or was cut off. */
class SourceError extends HttpError {}

/** @throws HttpError */
async function transfer(
  { from, to }: Route,
  blob: Descriptor,
  upload: Upload,
  onBytes: (count: number) => void,
): Promise<Attempt> {
  const read = await from.readBlob(blob.digest).catch(blameSource);
  if (!read.ok) return read.error.kind === 'unavailable' ? { ...final(read), status: 503 } : final(read);
  // What the source does wrong breaks the upload, too, whose error is only the echo of it.
  let wrong: unknown;
  const pieces = async function* () {
    try {
      // All of it is read again, or its digest could not be told.
      for await (const piece of skipping(upload.offset, verified(read.value.body, blob))) {
        yield piece;
        onBytes(piece.byteLength);
      }
    } catch (error) {
      wrong = error;
      throw error;
    }
  };
  try {
    const sent = await to.finishUpload(upload, blob, pieces());
    if (!sent.ok) return final(sent);
    const { status, headers } = sent.value;
    if (status === 201) return final(ok('copied'));
    const asked = { repository: to.repository, reference: blob.digest, what: 'blob', action: 'push' } as const;
    return { status, headers, result: fail(readRefusal(sent.value, { ...asked, anonymous: false })) };
  } catch (error) {
    if (wrong === undefined) throw error;
    if (!(wrong instanceof WrongBytes)) return blameSource(wrong);
    const { message } = wrong;
    return final(fail({ kind: 'invalid', repository: from.repository, reference: blob.digest, message }));
  } finally {
    read.value.discard();
  }
}

function blameSource(error: unknown): never {
  if (error instanceof HttpError) throw new SourceError(error.reason, error.message, error);
  throw error;
}
