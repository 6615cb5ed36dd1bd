import { resolve } from 'node:path';
import type { Io, Tls } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Access, Credential } from './access.js';
import { type ExecPlugin, execCredential } from './exec-credential.js';
import type { KubernetesError } from './kubernetes-error.js';

/**
 * Reads the current context of a kubeconfig (kubectl's `Config` v1). What it asks for and this program does not do
 * (a proxy, impersonation, a password, an `auth-provider`) is an error: another way or another identity would be wrong.
 * @param source how messages name the file
 * @param folder that its relative paths start from
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export async function readKubeconfig(
  text: string,
  source: string,
  folder: string,
  io: Io,
): Promise<Result<Access, KubernetesError>> {
  const { load } = await import('js-yaml');
  const refuse = (message: string) => fail({ kind: 'access', message: `${source}: ${message}` } as const);
  let config: unknown;
  try {
    config = load(text);
  } catch {
    // The parser's message would show lines of the file, and so its secrets.
    return refuse('this is not YAML');
  }
  const wanted = stringAt(config, 'current-context');
  if (wanted === undefined) return refuse('there is no current-context');
  const context = entryOf(config, 'contexts', 'context', wanted);
  if (context === undefined) return refuse(`there is no context "${wanted}", which current-context names`);
  const clusterName = stringAt(context, 'cluster') ?? '';
  const userName = stringAt(context, 'user') ?? '';
  const cluster = entryOf(config, 'clusters', 'cluster', clusterName);
  if (cluster === undefined) return refuse(`there is no cluster "${clusterName}", which context "${wanted}" names`);
  const user = entryOf(config, 'users', 'user', userName);
  if (user === undefined) return refuse(`there is no user "${userName}", which context "${wanted}" names`);
  const server = stringAt(cluster, 'server');
  if (server === undefined || !/^https?:\/\//.test(server) || !URL.canParse(server)) {
    return refuse(`cluster "${clusterName}" has no server, a URL that begins with https://`);
  }
  const unsupported = [
    ...['proxy-url'].filter((key) => stringAt(cluster, key) !== undefined),
    ...['auth-provider', 'username', 'as', 'as-groups'].filter((key) => at(user, key) !== undefined),
  ];
  if (unsupported[0] !== undefined)
    return refuse(`"${unsupported[0]}" is not supported; use a token, a certificate or exec`);

  const pem = async (holder: unknown, key: string): Promise<Result<string | undefined, KubernetesError>> => {
    const data = stringAt(holder, `${key}-data`);
    if (data !== undefined) return ok(Buffer.from(data, 'base64').toString('utf8'));
    const path = stringAt(holder, key);
    if (path === undefined) return ok(undefined);
    const found = await io.files.read(resolve(folder, path));
    return found === undefined ? refuse(`there is no file "${path}", which ${key} names`) : ok(found);
  };
  const ca = await pem(cluster, 'certificate-authority');
  if (!ca.ok) return ca;
  const cert = await pem(user, 'client-certificate');
  if (!cert.ok) return cert;
  const key = await pem(user, 'client-key');
  if (!key.ok) return key;
  const serverName = stringAt(cluster, 'tls-server-name');
  const tls: Tls = {
    ...(ca.value === undefined ? {} : { ca: ca.value }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(at(cluster, 'insecure-skip-tls-verify') === true ? { insecure: true } : {}),
  };
  const certificate: Credential = {
    ...(cert.value === undefined ? {} : { cert: cert.value }),
    ...(key.value === undefined ? {} : { key: key.value }),
  };
  const url = server.replace(/\/+$/, '');
  const plugin = at(user, 'exec');
  if (plugin !== undefined && plugin !== null) {
    const run = execCredential(plugin as ExecPlugin, { server: url, tls, folder, source }, io);
    return run.ok ? ok({ server: url, tls, credential: run.value }) : run;
  }
  const tokenFile = stringAt(user, 'tokenFile');
  // A newline at the end comes with `token: |`, and no header could hold it.
  const token = stringAt(user, 'token')?.trim();
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    return refuse(`the token of user "${userName}" has characters that no token has`);
  }
  return ok({
    server: url,
    tls,
    credential: async () => {
      if (tokenFile === undefined) return ok(token === undefined ? certificate : { ...certificate, token });
      const found = (await io.files.read(resolve(folder, tokenFile)))?.trim() ?? '';
      return found === '' ? refuse(`there is no token in "${tokenFile}"`) : ok({ ...certificate, token: found });
    },
  });
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function stringAt(value: unknown, key: string): string | undefined {
  const found = at(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function entryOf(config: unknown, list: string, key: string, name: string): unknown {
  const entries = at(config, list);
  if (!Array.isArray(entries)) return undefined;
  return at(
    entries.find((entry: unknown) => at(entry, 'name') === name),
    key,
  );
}
