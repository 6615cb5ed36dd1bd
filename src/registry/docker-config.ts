import { join } from 'node:path';
import type { Io } from '../io/io.js';
import { isRecord, parseJson, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import { anonymous, type RegistryCredentials } from './credentials.js';
import { cleanText } from './error.js';

/** The folder of Docker's own configuration: `$DOCKER_CONFIG`, else `.docker` in the home folder. */
export function dockerConfigFolder(io: Io): string | undefined {
  if (io.env['DOCKER_CONFIG']) return io.env['DOCKER_CONFIG'];
  return io.env['HOME'] ? join(io.env['HOME'], '.docker') : undefined;
}

/** Docker's config.json, as an object; empty where there is none. The error is one sentence. */
export async function readDockerConfig(io: Io): Promise<Result<Readonly<Record<string, unknown>>, string>> {
  const folder = dockerConfigFolder(io);
  if (folder === undefined) return ok({});
  const path = join(folder, 'config.json');
  const text = await io.files.read(path);
  if (text === undefined) return ok({});
  const value = parseJson(text);
  return isRecord(value) ? ok(value) : fail(`${path} is not a JSON object`);
}

/**
 * The login that Docker has for a registry: from its credential helper, from the credential store, or from the file
 * itself; anonymous where there is none. The error is one sentence and holds no secret.
 * @see https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export async function readDockerLogin(host: string, io: Io): Promise<Result<RegistryCredentials, string>> {
  const config = await readDockerConfig(io);
  if (!config.ok) return config;
  const { auths, credHelpers, credsStore } = config.value;
  for (const key of keysOf(host)) {
    const helper = stringAt(credHelpers, key) ?? (typeof credsStore === 'string' ? credsStore : undefined);
    if (helper !== undefined && helper !== '') {
      const login = await askHelper(helper, key, io);
      if (!login.ok || login.value.kind !== 'anonymous') return login;
    }
    const entry = isRecord(auths) ? auths[key] : undefined;
    const login = readDockerEntry(entry);
    if (login !== undefined) return ok(login);
  }
  return ok(anonymous);
}

/** The names that Docker keeps a registry under. Docker Hub has a historical one. */
function keysOf(host: string): readonly string[] {
  return host === 'docker.io' ? ['https://index.docker.io/v1/', 'docker.io'] : [host, `https://${host}`];
}

/** The login that an entry of `auths` holds itself; undefined where it holds none. */
export function readDockerEntry(entry: unknown): RegistryCredentials | undefined {
  const token = stringAt(entry, 'identitytoken');
  if (token !== undefined) return { kind: 'identity-token', token };
  const pair = Buffer.from(stringAt(entry, 'auth') ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const username = colon > 0 ? pair.slice(0, colon) : stringAt(entry, 'username');
  const password = colon > 0 ? pair.slice(colon + 1).replace(/\0+$/, '') : stringAt(entry, 'password');
  return username === undefined || password === undefined ? undefined : { kind: 'password', username, password };
}

/** @see https://github.com/docker/docker-credential-helpers (the protocol: the server on stdin, JSON on stdout) */
async function askHelper(name: string, server: string, io: Io): Promise<Result<RegistryCredentials, string>> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) return fail(cleanText(`"${program}" in Docker's config.json is not a program's name`));
  const ended = await io.processes.run(program, ['get'], { input: server, signal: io.signal });
  if (ended.exitCode !== 0) {
    if (/credentials not found/i.test(ended.stdout + ended.stderr)) return ok(anonymous);
    const why = ended.error ?? (ended.stderr || ended.stdout || `exit code ${ended.exitCode}`);
    return fail(cleanText(`${program}, which Docker's config.json names for ${server}, gave no login: ${why}`));
  }
  const answer = parseJson(ended.stdout);
  const username = stringAt(answer, 'Username');
  const secret = stringAt(answer, 'Secret');
  if (username === undefined || secret === undefined) return ok(anonymous);
  return ok(
    username === '<token>'
      ? { kind: 'identity-token', token: secret }
      : { kind: 'password', username, password: secret },
  );
}
