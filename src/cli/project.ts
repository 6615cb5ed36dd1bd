import { join, resolve } from 'node:path';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { formatHuman } from '../diagnostic/format-human.js';
import { quote } from '../diagnostic/quote.js';
import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { NamedPath } from '../spec/named-paths.js';
import { type Project, readSpec } from '../spec/read.js';
import { serviceFilesOf } from '../spec/service-files.js';

/** Paths in a repository, from its top. */
export const SPEC_FILE = '.circleci/build-once.yml';
export const BASE_FILE = '.circleci/base.yml';

/** Why a repository's files cannot be made: something is missing, or there are problems in what is there. */
export type ProjectFailure =
  | { readonly kind: 'missing'; readonly text: string }
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[]; readonly sources: Sources };

/** Texts of files by name, for the lines that diagnostics show. */
export type Sources = Readonly<Record<string, string>>;

/** A project with the texts that it was read from. */
export interface SourcedProject {
  readonly project: Project;
  readonly sources: Sources;
}

/** Reads the spec and the base of a repository. */
export async function readProject(directory: string, io: Io): Promise<Result<SourcedProject, ProjectFailure>> {
  const [spec, base] = await Promise.all([SPEC_FILE, BASE_FILE].map((file) => io.files.read(join(directory, file))));
  if (spec === undefined) return fail({ kind: 'missing', text: await explainMissing(directory, io) });
  const files = await readFiles(serviceFilesOf(spec), directory, io);
  const sources = { ...files, [SPEC_FILE]: spec, ...(base === undefined ? {} : { [BASE_FILE]: base }) };
  const project = readSpec(
    { file: SPEC_FILE, text: spec },
    base === undefined ? undefined : { file: BASE_FILE, text: base },
    files,
  );
  if (!project.ok) return fail({ kind: 'problems', diagnostics: project.error, sources });
  const diagnostics = await findMissingPaths(project.value.paths, directory, io);
  if (diagnostics.length > 0) return fail({ kind: 'problems', diagnostics, sources });
  return ok({ project: project.value, sources });
}

/** A path that names nothing is a mistake of writing, and then a change that nobody builds. */
async function findMissingPaths(
  paths: readonly NamedPath[],
  directory: string,
  io: Io,
): Promise<readonly Diagnostic[]> {
  const found = await Promise.all(paths.map(({ path }) => io.files.inspect(join(directory, path))));
  return paths
    .filter((_, index) => found[index] === undefined)
    .map(({ path, place }) => ({
      code: 'spec/unknown-file',
      severity: 'error',
      message: `there is no file or folder ${quote(path)} in the repository`,
      file: place.file,
      range: place.range,
      help: 'the path starts at the top of the repository; a pattern with * may name what is to come',
    }));
}

/** The texts of the files that are there, by path. */
async function readFiles(paths: readonly string[], directory: string, io: Io): Promise<Sources> {
  const texts = await Promise.all(paths.map((path) => io.files.read(join(directory, path))));
  return Object.fromEntries(
    texts.flatMap((text, index) => {
      const path = paths[index];
      return text === undefined || path === undefined ? [] : [[path, text]];
    }),
  );
}

/** A failure in words for a person. */
export function describeFailure(failure: ProjectFailure): string {
  if (failure.kind === 'missing') return failure.text;
  const { diagnostics, sources } = failure;
  const count = diagnostics.length === 1 ? '1 problem' : `${diagnostics.length} problems`;
  return `${formatHuman(diagnostics, sources)}\n${count}, nothing was written\n`;
}

async function explainMissing(directory: string, io: Io): Promise<string> {
  if ((await io.files.list(directory)) === undefined) {
    return `gen-config: there is no folder ${resolve(io.cwd, directory)}\n  -> --directory takes the top of the repository.\n`;
  }
  return `gen-config: there is no ${SPEC_FILE} in ${resolve(io.cwd, directory)}
  -> "npx gen-config init" writes one from what it finds in the repository. By hand, for example:

version: 1
image:
  repository: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop
  role: arn:aws:iam::123456789012:role/shop-push
environments:
  staging:
    branch: main
    context: shop-staging
    kubernetes: { eks: staging, region: us-east-1, namespace: shop, workloads: [deployment/web] }
  production:
    after: staging
    approval: request_prod
    context: shop-production
    kubernetes: { eks: production, region: us-east-1, namespace: shop, workloads: [deployment/web] }
`;
}
