import { isTransientStatus } from '../io/retry.js';
import { isRecord, parseJsonBytes, stringAt } from '../json.js';
import type { Repository } from '../reference.js';
import { cleanText, type RegistryError } from './error.js';
import { OCI_INDEX } from './manifest.js';
import type { Answer } from './transport.js';

/** What was asked for when the registry refused. */
export interface Asked {
  readonly repository: Repository;
  readonly reference: string;
  readonly what: 'manifest' | 'blob';
  readonly action: 'pull' | 'push' | 'list';
  readonly anonymous: boolean;
}

/** The error that an answer with a status other than success stands for. */
export function readRefusal(answer: Answer, asked: Asked): RegistryError {
  const { repository, reference, what, action, anonymous } = asked;
  const { code, message } = readErrors(answer);
  if (answer.status === 401) {
    return /insufficient_scope/.test(answer.headers['www-authenticate'] ?? '')
      ? { kind: 'denied', repository, action, message }
      : { kind: 'unauthorized', repository, anonymous, message };
  }
  if (action === 'push' && isImmutable(answer.status, message)) {
    return { kind: 'immutable-tag', repository, tag: reference, message };
  }
  if (answer.status === 403) return { kind: 'denied', repository, action, message };
  if (isTransientStatus(answer.status)) {
    const { status, tries = '' } = answer;
    return { kind: 'unavailable', repository, host: repository.host, status, tries, message };
  }
  if (answer.status === 404 && isHtml(answer)) {
    const text = `${repository.host} answered with a web page; it does not look like a registry`;
    return { kind: 'invalid', repository, reference, message: text };
  }
  if (answer.status === 404) {
    return { kind: 'not-found', repository, what: code === 'NAME_UNKNOWN' ? 'repository' : what, reference };
  }
  return { kind: 'refused', repository, reference, status: answer.status, message };
}

/**
 * Whether a registry says that bytes have another digest than that which was given. Where they have it, it is a fault of
 * the moment: the CNCF registry says so to one of two clients that write the same manifest at once.
 */
export function isDigestRefusal(answer: Answer): boolean {
  return answer.status === 400 && readErrors(answer).code === 'DIGEST_INVALID';
}

/** What is wrong with a good answer that is a web page. */
export const WEB_PAGE = 'it is a web page; a proxy or a login page may have answered';

/**
 * Whether an answer says that the registry has no referrers API: where it has, the list is an OCI index, though an empty
 * one.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#unavailable-referrers-api
 */
export function isWithoutReferrers({ status, headers }: Answer): boolean {
  if (status === 200) return !(headers['content-type'] ?? '').startsWith(OCI_INDEX);
  return [400, 404, 405, 406].includes(status);
}

/** Whether a web page came where the registry's API was asked. */
export function isHtml(answer: Answer): boolean {
  return /^\s*text\/html\b/i.test(answer.headers['content-type'] ?? '');
}

/**
 * Registries have no common answer for a tag that cannot be moved: ECR says 400 TAG_INVALID, Harbor 412, others 403 or
 * 409; the words are what they share.
 */
function isImmutable(status: number, message: string): boolean {
  return status >= 400 && status < 500 && /immutab|cannot be overwritten|already exists/i.test(message);
}

/** The first error of the body that the distribution spec asks for ("Error codes"). */
function readErrors(answer: Answer): { readonly code: string; readonly message: string } {
  const body = parseJsonBytes(answer.bytes);
  const errors = isRecord(body) && Array.isArray(body['errors']) ? body['errors'] : [];
  const code = stringAt(errors[0], 'code') ?? '';
  return { code, message: cleanText(stringAt(errors[0], 'message') ?? code) };
}
