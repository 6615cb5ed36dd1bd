import { parseYaml } from '../../yaml/parse.js';
import { type Chart, findCharts } from './charts.js';
import { type KnownConfig, readKnownConfig } from './circleci.js';
import { type Continuation, pathsOfMapping, readContinuation } from './continuation.js';
import { type Dockerfile, findDockerfiles } from './dockerfiles.js';
import { type GitFacts, readGit } from './git.js';
import { findManifests, type Manifests } from './manifests.js';
import { findMigrations, type Migration } from './migrations.js';
import { findRegistries, mentions } from './registries.js';
import type { Mention, Note, Repository } from './repository.js';
import { findServicePaths, type ServicePaths } from './service-paths.js';
import { findServices, type Service } from './services.js';
import { findTaskDefinitions, type TaskDefinition } from './task-definitions.js';

/** Everything that detection knows of a repository. Nothing in it is chosen yet, but for the order of the Dockerfiles. */
export interface Facts {
  readonly repository: Repository;
  readonly git: GitFacts;
  /** The likeliest first. */
  readonly dockerfiles: readonly Dockerfile[];
  /** The images, where there are several. */
  readonly services: readonly FoundService[];
  readonly manifests: Manifests;
  readonly charts: readonly Chart[];
  readonly taskDefinitions: readonly TaskDefinition[];
  /** Those in the build context of the likeliest Dockerfile first. */
  readonly migrations: readonly Migration[];
  /** `.circleci/base.yml` where there is one, else `.circleci/config.yml`, or what that continues with. */
  readonly config: KnownConfig | undefined;
  /** What the setup config of the repository continues with. */
  readonly continuation: Continuation | undefined;
  /** Image repositories and ARNs of roles that stand in CircleCI's config. */
  readonly registries: readonly Mention[];
  readonly roles: readonly Mention[];
  /** What was found and could not be read. */
  readonly unreadable: readonly Note[];
}

/** A service, and what its image is made of. */
export interface FoundService extends Service {
  readonly paths: ServicePaths;
}

/** The CircleCI files of a repository. */
export interface CircleCiFiles {
  /** `.circleci/base.yml`. */
  readonly base: string | undefined;
  /** A `.circleci/config.yml` that gen-config did not write. */
  readonly config: string | undefined;
}

/** Looks at a repository. Reads files, runs nothing and asks no server. */
export async function detect(repository: Repository, circleci: CircleCiFiles): Promise<Facts> {
  const dockerfiles = await findDockerfiles(repository);
  const [manifests, found, taskDefinitions, read] = await Promise.all([
    findManifests(repository),
    findCharts(repository),
    findTaskDefinitions(repository),
    readCircleCi(circleci, repository),
  ]);
  const { config, continuation, file, text } = read;
  const facts = {
    repository,
    git: readGit(repository.git),
    dockerfiles,
    manifests,
    charts: found.charts,
    taskDefinitions,
    config,
    continuation,
    registries: findRegistries(text, config?.yaml.value, file),
    roles: mentions(text, file, /\barn:aws[a-z-]*:iam::\d{12}:role\/[A-Za-z0-9+=,.@_/-]+/g),
    unreadable: unique([...manifests.broken, ...found.broken, ...read.unreadable]),
  };
  const services = findServices(facts);
  const images = services.length > 0 ? services.map(({ dockerfile }) => dockerfile) : dockerfiles.slice(0, 1);
  const names = services.map(({ name }) => name);
  const [migrations, withPaths] = await Promise.all([
    findMigrations(repository, images),
    Promise.all(
      services.map(async (service): Promise<FoundService> => {
        const paths = continuation === undefined ? [] : pathsOfMapping(continuation, service.name, names);
        const mapped = { paths, file: continuation?.setup ?? '' };
        return { ...service, paths: await findServicePaths(service, { services, repository, mapped }) };
      }),
    ),
  ]);
  return { ...facts, migrations, services: withPaths };
}

interface KnownCircleCi {
  readonly config: KnownConfig | undefined;
  readonly continuation: Continuation | undefined;
  readonly file: string;
  readonly text: string;
  readonly unreadable: readonly Note[];
}

async function readCircleCi({ base, config }: CircleCiFiles, repository: Repository): Promise<KnownCircleCi> {
  const isBase = base !== undefined;
  const [text, file] = isBase ? [base, '.circleci/base.yml'] : [config, '.circleci/config.yml'];
  const nothing = { config: undefined, continuation: undefined, file, text: '', unreadable: [] };
  if (text === undefined) return nothing;
  const parsed = parseYaml(text, file, 'init/not-yaml');
  if (!parsed.ok) {
    const [first] = parsed.error;
    const at = { file, line: first?.range.start.line ?? 1 };
    const why = `found, but not readable, so its jobs are not taken over: ${first?.message ?? 'not valid YAML'}`;
    return { ...nothing, unreadable: [{ at, text: why }] };
  }
  const known = readKnownConfig(parsed.value, isBase);
  const continuation = known.setup ? readContinuation(parsed.value) : undefined;
  const next = continuation === undefined ? undefined : await repository.read(continuation.file);
  const continued = next === undefined ? undefined : parseYaml(next, continuation?.file ?? '', 'init/not-yaml');
  if (continuation === undefined || next === undefined || continued?.ok !== true) {
    return { config: known, continuation: undefined, file, text, unreadable: [] };
  }
  return {
    config: readKnownConfig(continued.value),
    continuation,
    file: continuation.file,
    text: next,
    unreadable: [],
  };
}

function unique(notes: readonly Note[]): readonly Note[] {
  const seen = new Set<string>();
  return notes.filter(({ at, text }) => {
    const key = JSON.stringify([at, text]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
