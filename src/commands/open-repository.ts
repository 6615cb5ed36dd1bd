import type { Io } from '../io/io.js';
import { formatRepository, isPlatform, parseReference, type Repository } from '../reference.js';
import type { RegistryRepository } from '../registry/registry.js';
import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';
import { checkCommit } from './commit.js';
import { type ChosenLogin, chooseLogin, type LoginOptions } from './registry-login.js';

/** A repository that a command works on, with the login that it uses. */
export interface OpenedRepository extends ChosenLogin {
  readonly registry: RegistryRepository;
  readonly repository: Repository;
  /** `host/path`. */
  readonly name: string;
}

/** Checks the parameters that name the image, and opens its repository with the login that they say. */
export async function openRepository(
  options: LoginOptions & { readonly repository: string; readonly commit: string },
  io: Io,
): Promise<Result<OpenedRepository, Failure>> {
  const repository = readRepository(options.repository);
  if (!repository.ok) return repository;
  const commit = checkCommit(options.commit);
  if (!commit.ok) return commit;
  return open(repository.value, await chooseLogin(repository.value.host, options, io), io);
}

/** Opens a repository with a login that was chosen. */
export async function open(
  repository: Repository,
  chosen: Result<ChosenLogin, Failure>,
  io: Io,
): Promise<Result<OpenedRepository, Failure>> {
  if (!chosen.ok) return chosen;
  const { openRegistry } = await import('../registry/registry.js');
  const registry = openRegistry({ repository, credentials: chosen.value.credentials, io });
  return ok({ registry, repository, name: formatRepository(repository), ...chosen.value });
}

/** Reads `--repository`, or another option, which must name neither a tag nor a digest. */
export function readRepository(text: string, option = '--repository'): Result<Repository, Failure> {
  const reference = parseReference(text);
  // The grammar of references lets any digits be a port.
  if (reference === undefined || !URL.canParse(`https://${reference.repository.host}`)) {
    return fail({
      code: 2,
      cause: `${option} is ${JSON.stringify(text)}: expected the name of a repository`,
      next: 'Lower case, with its registry: ghcr.io/acme/shop.',
    });
  }
  if (reference.tag !== undefined || reference.digest !== undefined) {
    return fail({
      code: 2,
      cause: `${option} is ${JSON.stringify(text)}: it must not have a tag or a digest`,
      next: `The tag is the SHA of the commit. Give ${formatRepository(reference.repository)}.`,
    });
  }
  return ok(reference.repository);
}

/** Reads a platform, `os/architecture[/variant]`. */
export function readPlatformOption(text: string, option: string): Result<string, Failure> {
  if (isPlatform(text)) return ok(text);
  const cause = `${option} is ${JSON.stringify(text)}: expected a platform like linux/amd64`;
  return fail({ code: 2, cause });
}

/** Reads platforms separated by commas: none twice, in the order given; empty for an empty text. */
export function readPlatformsOption(text: string): Result<readonly string[], Failure> {
  const platforms: string[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '' && text.trim() === '') break;
    const platform = readPlatformOption(part, '--platforms');
    if (!platform.ok) return platform;
    if (platforms.includes(part)) return fail({ code: 2, cause: `--platforms names ${part} twice` });
    platforms.push(part);
  }
  return ok(platforms);
}
