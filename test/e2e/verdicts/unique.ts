import { randomBytes } from 'node:crypto';

/** A name for an object of the cluster, which scenes share. */
export const unique = (name: string) => `${name}-${randomBytes(4).toString('hex')}`;
