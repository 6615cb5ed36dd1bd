// Imported lazily by sign.ts: the bundler keeps the names of an own module, and loses those of a package imported so.
export { Sha256 } from '@aws-crypto/sha256-js';
export { SignatureV4 } from '@smithy/signature-v4';
