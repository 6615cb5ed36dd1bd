import type { Access } from './access.js';

/** The same credential for all requests that ask at one time: a credential plugin runs once for them, not once for each. */
export function shareCredential(credential: Access['credential']): Access['credential'] {
  const pending = new Map<boolean, ReturnType<Access['credential']>>();
  return (renew) => {
    const asked = pending.get(renew) ?? credential(renew).finally(() => pending.delete(renew));
    pending.set(renew, asked);
    return asked;
  };
}
