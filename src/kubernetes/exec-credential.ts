import { resolve } from 'node:path';
import type { Io, Tls } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Access, Credential } from './access.js';
import type { KubernetesError } from './kubernetes-error.js';

/** `users[].user.exec` of a kubeconfig. */
export interface ExecPlugin {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo?: boolean;
}

interface Setting {
  readonly server: string;
  readonly tls: Tls;
  /** Folder that a relative command starts from, and how messages name the kubeconfig. */
  readonly folder: string;
  readonly source: string;
}

interface ExecStatus {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

const VERSIONS = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
/** Milliseconds before its end when a credential is renewed; of one that lives shorter, a quarter of its life. */
const MARGIN = 60_000;

/**
 * Credentials from a credential plugin, run without a shell and kept until they expire or the server refuses them.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function execCredential(
  plugin: ExecPlugin,
  setting: Setting,
  io: Io,
): Result<Access['credential'], KubernetesError> {
  const refuse = (message: string, next?: string) =>
    fail({ kind: 'access', message: `${setting.source}: ${message}`, ...(next ? { next } : {}) } as const);
  const { command, apiVersion = '' } = plugin;
  if (typeof command !== 'string' || command === '') return refuse('exec has no command');
  if (!VERSIONS.has(apiVersion))
    return refuse(`exec has apiVersion "${apiVersion}", expected ${[...VERSIONS].join(' or ')}`);
  if (plugin.interactiveMode === 'Always') return refuse(`the credential plugin "${command}" wants a terminal`);
  const { args, env, installHint } = plugin;
  if (args && !(Array.isArray(args) && args.every((one: unknown) => typeof one === 'string')))
    return refuse('exec has args that are not a list of strings');
  if (env && !(Array.isArray(env) && env.every(isVariable)))
    return refuse('exec has an env that is not a list of names and values');
  const hint = typeof installHint === 'string' ? installHint : undefined;
  const relative = command.includes('/') && !command.startsWith('/');
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo === true ? { cluster: clusterInfo(setting) } : {}),
    },
  };
  let kept: { readonly credential: Credential; readonly until: number; readonly end: number } | undefined;
  return ok(async (renew) => {
    if (kept !== undefined && !renew && io.clock.now() < kept.until) return ok(kept.credential);
    const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const end = await io.processes.run(relative ? resolve(setting.folder, command) : command, args ?? [], {
      env: { ...io.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      signal: io.signal,
    });
    // A plugin that cannot be reached for a moment: the last credential is good for a while.
    if (end.exitCode !== 0 && kept !== undefined && !renew && io.clock.now() < kept.end) return ok(kept.credential);
    if (end.exitCode !== 0) {
      const why = end.error ?? `exit code ${end.exitCode}`;
      const said = end.stderr.trim().split('\n').at(-1) ?? '';
      return refuse(`the credential plugin "${command}" failed (${why})${said === '' ? '' : `: ${said}`}`, hint);
    }
    const status = readStatus(end.stdout);
    if (status === undefined)
      return refuse(`the credential plugin "${command}" gave no ExecCredential with a token or certificate`);
    const credential: Credential = {
      ...(status.token === undefined ? {} : { token: status.token }),
      ...(status.clientCertificateData === undefined ? {} : { cert: status.clientCertificateData }),
      ...(status.clientKeyData === undefined ? {} : { key: status.clientKeyData }),
    };
    const given = Date.parse(status.expirationTimestamp ?? '');
    const expires = Number.isNaN(given) ? Number.POSITIVE_INFINITY : given;
    kept = { credential, until: expires - Math.min(MARGIN, (expires - io.clock.now()) / 4), end: expires };
    return ok(credential);
  });
}

function isVariable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, value: text } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof text === 'string';
}

function clusterInfo({ server, tls }: Setting): object {
  return {
    server,
    ...(tls.ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') }),
    ...(tls.serverName === undefined ? {} : { 'tls-server-name': tls.serverName }),
    ...(tls.insecure === true ? { 'insecure-skip-tls-verify': true } : {}),
  };
}

function readStatus(text: string): ExecStatus | undefined {
  try {
    const { status } = JSON.parse(text) as { readonly status?: ExecStatus };
    const given = status?.token ?? (status?.clientCertificateData && status.clientKeyData);
    return typeof given === 'string' && given !== '' ? status : undefined;
  } catch {
    return undefined;
  }
}
