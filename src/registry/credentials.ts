/** How to log in to a registry. Secrets: never in a log, a file or an argument. */
export type RegistryCredentials =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token of OAuth 2, as `docker login` gets from some registries. */
  | { readonly kind: 'identity-token'; readonly token: string };

export const anonymous: RegistryCredentials = { kind: 'anonymous' };

/** The value of an Authorization header of the scheme Basic. */
export function basicAuthorization(credentials: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}
