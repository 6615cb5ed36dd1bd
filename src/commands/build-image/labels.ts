import type { Io } from '../../io/io.js';

/** A label of an image: its name and its value. */
export type Label = readonly [name: string, value: string];

/**
 * The labels that say where an image comes from: commit and time always, repository and git tag where they are known.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
 */
export async function readImageLabels(commit: string, io: Io): Promise<readonly Label[]> {
  const source = sourceUrl(io.env['CIRCLE_REPOSITORY_URL'] || (await readRemote(io)));
  const tag = io.env['CIRCLE_TAG'] ?? '';
  return [
    ['org.opencontainers.image.revision', commit],
    // The config's own "created" is that of the last layer, which may come out of a cache.
    ['org.opencontainers.image.created', new Date(io.clock.now()).toISOString()],
    ...(source === undefined ? [] : [['org.opencontainers.image.source', source] as const]),
    ...(tag === '' ? [] : [['org.opencontainers.image.version', tag] as const]),
  ];
}

async function readRemote(io: Io): Promise<string> {
  const ended = await io.processes.run('git', ['config', '--get', 'remote.origin.url'], { signal: io.signal });
  return ended.exitCode === 0 ? ended.stdout.trim() : '';
}

/**
 * The address of a repository as a browser takes it, without a login: `https://github.com/acme/shop` for
 * `git@github.com:acme/shop.git`. Undefined for a path and anything else that is no address.
 */
export function sourceUrl(remote: string): string | undefined {
  const [, host, path] = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)([^\s]+)$/.exec(remote) ?? [];
  const text = host === undefined || path === undefined ? remote : `ssh://${host}/${path.replace(/^\//, '')}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol) || url.hostname === '') return undefined;
  const web = url.protocol.startsWith('http') ? `${url.protocol}//${url.host}` : `https://${url.hostname}`;
  const name = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  return name === '' ? undefined : `${web}${name}`;
}
