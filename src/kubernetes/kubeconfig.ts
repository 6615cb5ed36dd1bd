import { resolve } from 'node:path';
import type { Io, Tls } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Access, Credential } from './access.js';
import { type ExecPlugin, execCredential } from './exec-credential.js';
import type { KubernetesError } from './kubernetes-error.js';

/** A kubeconfig: kubectl's `Config` v1, as it stands in one file. */
export interface Kubeconfig {
  /** How messages name it. */
  readonly source: string;
  /** Folder that its relative paths start from. */
  readonly folder: string;
  readonly config: unknown;
}

/** A context of a kubeconfig. */
export interface Context {
  readonly name: string;
  /** The names that its cluster and its user have there. */
  readonly cluster: string;
  readonly user: string;
  readonly kubeconfig: Kubeconfig;
}

/**
 * Reads the current context of a kubeconfig.
 * @param source how messages name the file
 * @param folder that its relative paths start from
 */
export async function readKubeconfig(
  text: string,
  source: string,
  folder: string,
  io: Io,
): Promise<Result<Access, KubernetesError>> {
  const kubeconfig = await parseKubeconfig(text, source, folder);
  if (!kubeconfig.ok) return kubeconfig;
  const wanted = stringAt(kubeconfig.value.config, 'current-context');
  if (wanted === undefined) return refuse(source, 'there is no current-context');
  const context = contextsOf(kubeconfig.value).find(({ name }) => name === wanted);
  if (context === undefined) return refuse(source, `there is no context "${wanted}", which current-context names`);
  return contextAccess(context, io);
}

/** Reads the text of a kubeconfig; what stands in it is looked at when it is used. */
export async function parseKubeconfig(
  text: string,
  source: string,
  folder: string,
): Promise<Result<Kubeconfig, KubernetesError>> {
  const { load } = await import('js-yaml');
  try {
    return ok({ source, folder, config: load(text) });
  } catch {
    // The parser's message would show lines of the file, and so its secrets.
    return refuse(source, 'this is not YAML');
  }
}

/** The contexts of a kubeconfig, in its order. */
export function contextsOf(kubeconfig: Kubeconfig): readonly Context[] {
  const entries = at(kubeconfig.config, 'contexts');
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const [name, context] = [stringAt(entry, 'name'), at(entry, 'context')];
    if (name === undefined || context === undefined) return [];
    return [{ name, cluster: stringAt(context, 'cluster') ?? '', user: stringAt(context, 'user') ?? '', kubeconfig }];
  });
}

/**
 * The way to the cluster of a context, as its user. What it asks for and this program does not do (a proxy, impersonation,
 * a password, an `auth-provider`) is an error: another way or another identity would be wrong.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export async function contextAccess(
  { name, cluster: clusterName, user: userName, kubeconfig: { source, folder, config } }: Context,
  io: Io,
): Promise<Result<Access, KubernetesError>> {
  const cluster = entryOf(config, 'clusters', 'cluster', clusterName);
  if (cluster === undefined)
    return refuse(source, `there is no cluster "${clusterName}", which context "${name}" names`);
  const user = entryOf(config, 'users', 'user', userName);
  if (user === undefined) return refuse(source, `there is no user "${userName}", which context "${name}" names`);
  const server = stringAt(cluster, 'server');
  if (server === undefined || !/^https?:\/\//.test(server) || !URL.canParse(server)) {
    return refuse(source, `cluster "${clusterName}" has no server, a URL that begins with https://`);
  }
  const unsupported = [
    ...['proxy-url'].filter((key) => stringAt(cluster, key) !== undefined),
    ...['auth-provider', 'username', 'as', 'as-groups'].filter((key) => at(user, key) !== undefined),
  ];
  if (unsupported[0] !== undefined)
    return refuse(source, `"${unsupported[0]}" is not supported; use a token, a certificate or exec`);

  const pem = async (holder: unknown, key: string): Promise<Result<string | undefined, KubernetesError>> => {
    const data = stringAt(holder, `${key}-data`);
    if (data !== undefined) return ok(Buffer.from(data, 'base64').toString('utf8'));
    const path = stringAt(holder, key);
    if (path === undefined) return ok(undefined);
    const found = await io.files.read(resolve(folder, path));
    return found === undefined ? refuse(source, `there is no file "${path}", which ${key} names`) : ok(found);
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
    return refuse(source, `the token of user "${userName}" has characters that no token has`);
  }
  return ok({
    server: url,
    tls,
    credential: async () => {
      if (tokenFile === undefined) return ok(token === undefined ? certificate : { ...certificate, token });
      const found = (await io.files.read(resolve(folder, tokenFile)))?.trim() ?? '';
      return found === ''
        ? refuse(source, `there is no token in "${tokenFile}"`)
        : ok({ ...certificate, token: found });
    },
  });
}

function refuse(source: string, message: string) {
  return fail({ kind: 'access', message: `${source}: ${message}` } as const);
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
