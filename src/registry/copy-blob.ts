import { HttpError, type Io } from '../io/io.js';
import { withRetries } from '../io/retry.js';
import { fail, ok, type Result } from '../result.js';
import { cleanText, type RegistryError } from './error.js';
import type { Descriptor } from './manifest.js';
import { readRefusal } from './refusal.js';
import type { RegistryRepository } from './registry.js';
import type { Answer } from './transport.js';
import { verified, WrongBytes } from './verified.js';

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
 * one to the other, checked on its way and never held in memory. What breaks off is begun anew, up to five times.
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
  let lost = false;
  const attempt = async (): Promise<Attempt> => {
    const made = await transfer(route, blob, onBytes);
    // A token that ended, or an upload that the registry has forgotten: both are new the second time.
    if (lost || (made.status !== 401 && made.status !== 404)) return made;
    lost = true;
    return transfer(route, blob, onBytes);
  };
  /** After a fault: the registry may have taken all of it, and only its answer was lost. */
  const recover = async (): Promise<Attempt | undefined> => {
    const found = await to.hasBlob(blob.digest);
    return found.ok && found.value ? final(ok('copied')) : undefined;
  };
  try {
    return (await withRetries(io, { server: 'the registry', recover }, attempt)).result;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { repository } = error instanceof SourceError ? route.from : to;
    return fail({ kind: 'unreachable', repository, message: cleanText(error.message) });
  }
}

/** What the retries look at. */
interface Attempt {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly result: Result<Arrival, RegistryError>;
}

/** Nothing that another attempt would change. */
function final(result: Attempt['result']): Attempt {
  return { status: 0, headers: {}, result };
}

/** The source gave no answer, or was cut off. */
class SourceError extends HttpError {}

/** @throws HttpError */
async function transfer({ from, to }: Route, blob: Descriptor, onBytes: (count: number) => void): Promise<Attempt> {
  const sibling = from.repository.host === to.repository.host ? from.repository : undefined;
  const started = await to.startUpload(blob.digest, sibling);
  if (!started.ok) return final(started);
  if (started.value === undefined) return final(ok('mounted'));
  const read = await from.readBlob(blob.digest).catch(blameSource);
  if (!read.ok) return read.error.kind === 'unreachable' ? { ...final(read), status: 503 } : final(read);
  // What the source does wrong breaks the upload, too, whose error is only the echo of it.
  let wrong: unknown;
  const pieces = async function* () {
    try {
      for await (const piece of verified(read.value.body, blob)) {
        yield piece;
        onBytes(piece.byteLength);
      }
    } catch (error) {
      wrong = error;
      throw error;
    }
  };
  try {
    const sent = await to.finishUpload(started.value, blob, pieces());
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
