import { join, resolve } from 'node:path';
import { VENDORED_PROGRAM } from '../circleci/config/jobs.js';
import { generateConfig } from '../circleci/generate.js';
import { planDelivery } from '../delivery/plan.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic/diagnostic.js';
import { formatHuman } from '../diagnostic/format-human.js';
import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Base } from '../spec/base.js';
import { readSpec } from '../spec/read.js';
import { readProgram, readRelease } from './program.js';

/** Paths in a repository, from its top. */
export const SPEC_FILE = '.circleci/build-once.yml';
export const BASE_FILE = '.circleci/base.yml';
export const CONFIG_FILE = '.circleci/config.yml';

/** A file that gen-config writes. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** A message for a person, and the exit code. */
export interface CliFailure {
  readonly code: 1 | 2;
  readonly text: string;
}

/** Reads the spec and the base of a repository and makes the files that belong to them. Writes nothing. */
export async function generateFiles(directory: string, io: Io): Promise<Result<readonly GeneratedFile[], CliFailure>> {
  const [spec, base] = await Promise.all([SPEC_FILE, BASE_FILE].map((file) => io.files.read(join(directory, file))));
  if (spec === undefined) return fail({ code: 2, text: noSpec(directory, io) });
  const sources = { [SPEC_FILE]: spec, ...(base === undefined ? {} : { [BASE_FILE]: base }) };
  const refuse = (diagnostics: readonly Diagnostic[]): Result<never, CliFailure> => {
    const count = diagnostics.length === 1 ? '1 problem' : `${diagnostics.length} problems`;
    return fail({ code: 2, text: `${formatHuman(diagnostics, sources)}\n${count}, nothing was written\n` });
  };
  const project = readSpec(
    { file: SPEC_FILE, text: spec },
    base === undefined ? undefined : { file: BASE_FILE, text: base },
  );
  if (!project.ok) return refuse(project.error);
  const delivery = planDelivery(project.value.spec);
  const found = project.value.base;
  const config = generateConfig({
    delivery,
    base: found === undefined ? undefined : { file: BASE_FILE, jobs: found.jobs, parts: found.parts },
    release: readRelease(),
    specFile: SPEC_FILE,
  });
  if (!config.ok) return refuse(sortDiagnostics(config.error.map((problem) => locate(problem, found))));
  const files = [{ path: CONFIG_FILE, text: config.value }];
  return ok(delivery.install === 'vendored' ? [{ path: VENDORED_PROGRAM, text: readProgram() }, ...files] : files);
}

function locate(
  problem: { readonly code: string; readonly path: readonly (string | number)[]; readonly message: string },
  base: Base | undefined,
): Diagnostic {
  if (base === undefined) throw new Error(`a problem of a base that is not there: ${JSON.stringify(problem)}`);
  const { code, path, message } = problem;
  return { code: `base/${code}`, severity: 'error', message, file: BASE_FILE, range: base.yaml.keyRange(path) };
}

function noSpec(directory: string, io: Io): string {
  return `gen-config: there is no ${SPEC_FILE} in ${resolve(io.cwd, directory)}
  -> Write one there, for example:

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
