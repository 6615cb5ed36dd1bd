import { STATUS_CODES } from 'node:http';
import { formatRepository, isDigest, type Repository } from '../reference.js';
import { unreachable } from '../result.js';

/** Why a registry did not do what was asked. `message` is the registry's own, shortened and without control characters. */
export type RegistryError = { readonly repository: Repository } & (
  | { readonly kind: 'not-found'; readonly what: 'repository' | 'manifest' | 'blob'; readonly reference: string }
  /** No login, or one that the registry does not take. */
  | { readonly kind: 'unauthorized'; readonly anonymous: boolean; readonly message: string }
  /** A good login without the right to do this. */
  | { readonly kind: 'denied'; readonly action: 'pull' | 'push' | 'list'; readonly message: string }
  /** The tag is there, and the registry lets nobody move it. */
  | { readonly kind: 'immutable-tag'; readonly tag: string; readonly message: string }
  /** No answer, in every attempt. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** Answers of 408, 429 and 5xx only, of the registry or of the server that gives its tokens. */
  | {
      readonly kind: 'unavailable';
      readonly host: string;
      readonly status: number;
      /** As `Tried` has it. */
      readonly tries: string;
      readonly message: string;
    }
  /** An answer that breaks the protocol: bytes of another digest, HTML, cut off, too large. */
  | { readonly kind: 'invalid'; readonly reference: string; readonly message: string }
  /** Any other refusal. */
  | { readonly kind: 'refused'; readonly reference: string; readonly status: number; readonly message: string }
);

/** The error as one sentence that names the repository and the tag or digest, without a full stop. */
export function describeRegistryError(error: RegistryError): string {
  const repository = formatRepository(error.repository);
  switch (error.kind) {
    case 'not-found':
      if (error.what === 'repository') return `there is no repository ${repository}, or this login may not see it`;
      return `there is no ${error.what} ${joinReference(repository, error.reference)}`;
    case 'unauthorized':
      return error.anonymous
        ? `${error.repository.host} asks for a login to use ${repository}, and none was found${tail(error.message)}`
        : `${error.repository.host} does not accept the login for ${repository}${tail(error.message)}`;
    case 'denied':
      return `this login may not ${ACTIONS[error.action]} ${repository}${tail(error.message)}`;
    case 'immutable-tag':
      return `the tag ${repository}:${error.tag} is there already and cannot be moved${tail(error.message)}`;
    case 'unreachable':
      return `${repository} cannot be reached${tail(error.message)}`;
    case 'unavailable':
      return `${error.host} answered ${describeStatus(error.status)} for ${repository}${error.tries}${tail(error.message)}`;
    case 'invalid':
      return `the registry's answer for ${joinReference(repository, error.reference)} is not valid${tail(error.message)}`;
    case 'refused':
      return `the registry refused ${joinReference(repository, error.reference)} with ${describeStatus(error.status)}${tail(error.message)}`;
    default:
      return unreachable(error);
  }
}

/** `429 (Too Many Requests)`. */
function describeStatus(status: number): string {
  const phrase = STATUS_CODES[status];
  return phrase === undefined ? String(status) : `${status} (${phrase})`;
}

const ACTIONS = { pull: 'read from', push: 'write to', list: 'list the tags of' } as const;

function tail(message: string): string {
  return message === '' ? '' : `: ${message}`;
}

/** `host/path:tag` or `host/path@digest`. */
export function joinReference(repository: string, reference: string): string {
  return `${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
}

/** Text of a stranger, fit for a log: one line, no control characters, at most 300 characters. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
