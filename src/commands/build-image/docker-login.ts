import { join } from 'node:path';
import type { Io } from '../../io/io.js';
import { dockerConfigFolder, readDockerConfig, readDockerEntry } from '../../registry/docker-config.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';

/** The environment of a docker process that is logged in. */
export type DockerEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Makes a folder that stands for Docker's configuration, in which one more registry has a login.
 *
 * No secret is in an argument or in a file: config.json names a credential helper, a script of three lines beside it,
 * and that prints a variable which only the docker process gets. Everything else in the user's own folder (builders,
 * plugins, contexts) is there by links. Logins that the user's config.json holds itself move to variables too, so that
 * no copy of them is written.
 * @param folder an empty folder; whoever made it removes it
 */
export async function makeDockerLogin(
  folder: string,
  login: { readonly host: string; readonly username: string; readonly password: string },
  io: Io,
): Promise<Result<DockerEnvironment, Failure>> {
  const own = await readDockerConfig(io);
  if (!own.ok) return fail({ code: 1, cause: own.error, next: 'Correct the file or delete it.' });
  const { auths, credHelpers, ...rest } = own.value;
  const helpers: Record<string, unknown> = { ...asRecord(credHelpers) };
  const variables: Record<string, string> = {};
  const addLogin = async (host: string, username: string, secret: string): Promise<void> => {
    const number = Object.keys(variables).length;
    const variable = `BUILD_ONCE_LOGIN_${number}`;
    variables[variable] = JSON.stringify({ ServerURL: host, Username: username, Secret: secret });
    helpers[host] = `build-once-${number}`;
    const script = `#!/bin/sh\n[ "$1" = get ] || exit 1\nprintf '%s\\n' "$${variable}"\n`;
    await io.files.write(join(folder, 'bin', `docker-credential-build-once-${number}`), script, { mode: 0o700 });
  };

  for (const [host, entry] of Object.entries(asRecord(auths))) {
    const own = readDockerEntry(entry);
    if (own === undefined || host === login.host || helpers[host] !== undefined) continue;
    if (own.kind === 'identity-token') await addLogin(host, '<token>', own.token);
    else if (own.kind === 'password') await addLogin(host, own.username, own.password);
  }
  await addLogin(login.host, login.username, login.password);

  const config = { ...rest, credHelpers: helpers };
  await io.files.write(join(folder, 'config', 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const source = dockerConfigFolder(io);
  for (const name of source === undefined ? [] : ((await io.files.list(source)) ?? [])) {
    if (source !== undefined && name !== 'config.json') {
      await io.files.link(join(absolute(source, io), name), join(folder, 'config', name));
    }
  }
  return ok({
    ...io.env,
    ...variables,
    DOCKER_CONFIG: join(folder, 'config'),
    PATH: [join(folder, 'bin'), ...(io.env['PATH'] ? [io.env['PATH']] : [])].join(':'),
  });
}

function absolute(path: string, io: Io): string {
  return path.startsWith('/') ? path : join(io.cwd, path);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
