import { parseYaml } from '../../yaml/parse.js';
import { type Chart, findCharts } from './charts.js';
import { type KnownConfig, readKnownConfig } from './circleci.js';
import { type Dockerfile, findDockerfiles } from './dockerfiles.js';
import { type GitFacts, readGit } from './git.js';
import { findManifests, type Manifests } from './manifests.js';
import { findMigrations, type Migration } from './migrations.js';
import { lineAt, type Note, type Place, type Repository } from './repository.js';
import { findTaskDefinitions, type TaskDefinition } from './task-definitions.js';

/** Everything that detection knows of a repository. Nothing in it is chosen yet, but for the order of the Dockerfiles. */
export interface Facts {
  readonly repository: Repository;
  readonly git: GitFacts;
  /** The likeliest first. */
  readonly dockerfiles: readonly Dockerfile[];
  readonly manifests: Manifests;
  readonly charts: readonly Chart[];
  readonly taskDefinitions: readonly TaskDefinition[];
  /** Those in the build context of the likeliest Dockerfile first. */
  readonly migrations: readonly Migration[];
  /** `.circleci/base.yml` where there is one, else `.circleci/config.yml`. */
  readonly config: KnownConfig | undefined;
  /** Names of ECR repositories and ARNs of roles that stand in CircleCI's config. */
  readonly registries: readonly Mention[];
  readonly roles: readonly Mention[];
  /** What was found and could not be read. */
  readonly unreadable: readonly Note[];
}

/** A word in a file. */
export interface Mention {
  readonly text: string;
  readonly at: Place;
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
  const [manifests, found, taskDefinitions, migrations] = await Promise.all([
    findManifests(repository),
    findCharts(repository),
    findTaskDefinitions(repository),
    findMigrations(repository, dockerfiles[0] ?? { context: '.', production: false }),
  ]);
  const unreadable = [...manifests.broken, ...found.broken];
  const { config, file, text } = readCircleCi(circleci, unreadable);
  return {
    repository,
    git: readGit(repository.git),
    dockerfiles,
    manifests,
    charts: found.charts,
    taskDefinitions,
    migrations,
    config,
    registries: mentions(
      text,
      file,
      /\b\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9]+(?:[._/-][a-z0-9]+)*/g,
    ),
    roles: mentions(text, file, /\barn:aws[a-z-]*:iam::\d{12}:role\/[A-Za-z0-9+=,.@_/-]+/g),
    unreadable: unique(unreadable),
  };
}

function readCircleCi({ base, config }: CircleCiFiles, unreadable: Note[]) {
  const [text, file] = base === undefined ? [config, '.circleci/config.yml'] : [base, '.circleci/base.yml'];
  if (text === undefined) return { config: undefined, file, text: '' };
  const parsed = parseYaml(text, file, 'init/not-yaml');
  if (parsed.ok) return { config: readKnownConfig(parsed.value), file, text };
  const [first] = parsed.error;
  unreadable.push({
    at: { file, line: first?.range.start.line ?? 1 },
    text: `found, but not readable, so its jobs are not taken over: ${first?.message ?? 'not valid YAML'}`,
  });
  return { config: undefined, file, text: '' };
}

function mentions(text: string, file: string, pattern: RegExp): readonly Mention[] {
  const found = [...text.matchAll(pattern)].map((match) => ({
    text: match[0],
    at: { file, line: lineAt(text, match.index) },
  }));
  return found.filter((one, index) => found.findIndex((other) => other.text === one.text) === index);
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
