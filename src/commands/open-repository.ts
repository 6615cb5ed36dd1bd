import type { Io } from '../io/io.js';
import { formatRepository, isPlatform, parseEcrHost, parseReference, type Repository } from '../reference.js';
import type { RegistryCredentials } from '../registry/credentials.js';
import type { RegistryRepository } from '../registry/registry.js';
import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';
import { checkCommit } from './commit.js';

/** A repository that a command works on, with the login that it uses. */
export interface OpenedRepository {
  readonly registry: RegistryRepository;
  readonly repository: Repository;
  /** `host/path`. */
  readonly name: string;
  readonly credentials: RegistryCredentials;
  /** `docker`: Docker itself has this login too, or needs none. `ecr`: from the ECR API just now. `given`: by parameters. */
  readonly login: 'docker' | 'ecr' | 'given';
}

/**
 * Checks the parameters that name the image, and opens its repository.
 *
 * A login that is given goes before all others. The login for a private ECR registry comes from the ECR API, by the role
 * or else the job's AWS credentials. Any other registry is used with the login that Docker has for it, and so is ECR
 * where there is neither a role nor an AWS key but a login of Docker's.
 */
export async function openRepository(
  options: {
    readonly repository: string;
    readonly commit: string;
    readonly role: string;
    readonly username: string;
    readonly password: string;
  },
  io: Io,
): Promise<Result<OpenedRepository, Failure>> {
  const repository = readRepository(options.repository);
  if (!repository.ok) return repository;
  const commit = checkCommit(options.commit);
  if (!commit.ok) return commit;
  const given = readLogin(options);
  if (!given.ok) return given;
  const chosen = given.value === undefined ? await chooseLogin(repository.value, options.role, io) : ok(given.value);
  if (!chosen.ok) return chosen;
  const { openRegistry } = await import('../registry/registry.js');
  const registry = openRegistry({ repository: repository.value, credentials: chosen.value.credentials, io });
  return ok({ registry, repository: repository.value, name: formatRepository(repository.value), ...chosen.value });
}

type Chosen = Pick<OpenedRepository, 'credentials' | 'login'>;

/** The login that parameters give; undefined where they give none. Half of one is a mistake, not another login. */
function readLogin(options: {
  readonly username: string;
  readonly password: string;
}): Result<Chosen | undefined, Failure> {
  const { username, password } = options;
  if (username === '' && password === '') return ok(undefined);
  if (username !== '' && password !== '') {
    return ok({ credentials: { kind: 'password', username, password }, login: 'given' });
  }
  const [there, missing] = password === '' ? ['--username', '--password'] : ['--password', '--username'];
  return fail({
    code: 2,
    cause: `there is a ${there}, but no ${missing}`,
    next: 'Give both, each as $NAME of an environment variable, or none.',
  });
}

async function chooseLogin(repository: Repository, role: string, io: Io): Promise<Result<Chosen, Failure>> {
  const { host } = repository;
  const ecr = parseEcrHost(host);
  const { readDockerLogin } = await import('../registry/docker-config.js');
  if (ecr === undefined || (role === '' && !io.env['AWS_ACCESS_KEY_ID'])) {
    const login = await readDockerLogin(host, io);
    if (!login.ok) return fail({ code: 1, cause: `there is no login for ${host}: ${login.error}` });
    if (ecr === undefined || login.value.kind !== 'anonymous') return ok({ credentials: login.value, login: 'docker' });
  }
  const { ecrLogin } = await import('../aws/ecr-login.js');
  const login = await ecrLogin({ host, region: ecr.region, role }, io);
  if (!login.ok) return fail({ code: 1, ...login.error });
  return ok({ credentials: { kind: 'password', ...login.value }, login: 'ecr' });
}

/** Reads `--repository`, which must name neither a tag nor a digest. */
export function readRepository(text: string): Result<Repository, Failure> {
  const reference = parseReference(text);
  // The grammar of references lets any digits be a port.
  if (reference === undefined || !URL.canParse(`https://${reference.repository.host}`)) {
    return fail({
      code: 2,
      cause: `--repository is ${JSON.stringify(text)}: expected the name of a repository`,
      next: 'Lower case, with its registry: ghcr.io/acme/shop.',
    });
  }
  if (reference.tag !== undefined || reference.digest !== undefined) {
    return fail({
      code: 2,
      cause: `--repository is ${JSON.stringify(text)}: it must not have a tag or a digest`,
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
