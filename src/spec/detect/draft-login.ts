import { isGoogleRegistry, parseEcrHost, parseReference } from '../../reference.js';
import type { Facts } from './detect.js';
import type { Value } from './value.js';

/** How jobs log in to a registry, before it is text. */
export type DraftLogin =
  | { readonly kind: 'login'; readonly username: string; readonly password: string; readonly guess: string | undefined }
  | { readonly kind: 'identity'; readonly provider: Value };

const PROVIDER =
  'projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER, set up as in docs/registries.md';

/** Names of variables that people know for a registry. */
const USUAL: Readonly<Record<string, readonly [username: string, password: string]>> = {
  'docker.io': ['DOCKERHUB_USERNAME', 'DOCKERHUB_TOKEN'],
  'ghcr.io': ['GHCR_USER', 'GHCR_TOKEN'],
};

/** The login to the registry of a repository; undefined for one of ECR, which roles log in to, and for none. */
export function draftLogin({ config }: Facts, repository: Value): DraftLogin | undefined {
  const host = parseReference(repository.text)?.repository.host;
  if (host === undefined || parseEcrHost(host) !== undefined) return undefined;
  if (isGoogleRegistry(host)) {
    return { kind: 'identity', provider: { text: '', origin: 'missing', why: PROVIDER } };
  }
  const known = config === undefined ? undefined : findLogin(config.yaml.text, host);
  if (known !== undefined) return { kind: 'login', ...known, guess: undefined };
  const [username, password] = USUAL[host] ?? ['REGISTRY_USERNAME', 'REGISTRY_PASSWORD'];
  const guess = 'variables of this context, and of those of the environments';
  return { kind: 'login', username, password, guess };
}

const VARIABLE = '["\']?\\$\\{?([A-Z_][A-Z0-9_]*)';
const USERNAME = new RegExp(`docker login\\b.*?(?:-u|--username)[ =]*${VARIABLE}`);
const PASSWORD = new RegExp(`docker login\\b.*?(?:-p|--password)[ =]*${VARIABLE}`);
const PIPED = new RegExp(`(?:echo|printf)(?: -n| '%s'| "%s")? +${VARIABLE}[}"' ]*\\| *docker login`);
const PRINTED = /printenv ([A-Z_][A-Z0-9_]*) *\| *docker login/;

/** The variables that an existing config logs in to a registry with. */
function findLogin(text: string, host: string): { readonly username: string; readonly password: string } | undefined {
  const logins = text.split('\n').flatMap((line) => {
    const username = USERNAME.exec(line)?.[1];
    const password = (PASSWORD.exec(line) ?? PIPED.exec(line) ?? PRINTED.exec(line))?.[1];
    return username === undefined || password === undefined ? [] : [{ line, username, password }];
  });
  const [only, second] = logins;
  const found = logins.find(({ line }) => line.includes(host)) ?? (second === undefined ? only : undefined);
  return found === undefined ? undefined : { username: found.username, password: found.password };
}
