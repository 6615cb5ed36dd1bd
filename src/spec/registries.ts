import { quote } from '../diagnostic/quote.js';
import { formatRepository, isGoogleRegistry, parseEcrHost, parseReference, type Repository } from '../reference.js';
import { type Mapping, mappingOf } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import type { CheckedPart } from './names.js';
import type { Report } from './report.js';

/** Checks the repositories, and how they are logged in to. */
export function checkRegistries({ spec, environments, report }: CheckedPart): void {
  const image = mappingOf(spec['image']);
  const repository = checkRepository(image['repository'], ['image', 'repository'], report);
  checkLogin(image, ['image'], repository, report);
  for (const { name, value } of environments) {
    const path = ['environments', name];
    if (value['workload_identity'] !== undefined) checkGoogle(path, repository, report);
    if (value['image'] !== undefined) checkEnvironmentImage(mappingOf(value['image']), path, repository, report);
  }
}

/** @returns the repository, where it is one */
function checkRepository(repository: unknown, path: Path, report: Report): Repository | undefined {
  if (typeof repository !== 'string') return undefined;
  const reference = parseReference(repository);
  if (reference === undefined || !repository.includes('/')) {
    const what = reference === undefined ? 'is not a valid repository' : 'has no registry before it';
    report('wrong-repository', path, `${quote(repository)} ${what}`, {
      help: 'expected HOST/PATH, the path in lower case, for example 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop',
    });
  } else if (reference.tag !== undefined || reference.digest !== undefined) {
    const found = reference.tag === undefined ? 'a digest' : `the tag "${reference.tag}"`;
    const [named = ''] = repository.split('@');
    const bare = reference.tag === undefined ? named : named.slice(0, -reference.tag.length - 1);
    report('wrong-repository', path, `${quote(repository)} has ${found}. expected a repository without one`, {
      help: `write ${bare}: the tag is made from the commit`,
    });
  }
  return reference?.repository;
}

/** How an image may be logged in for: by one of these at most. */
export const LOGINS = ['role', 'login', 'workload_identity'];

function checkLogin(owner: Mapping, path: Path, repository: Repository | undefined, report: Report): void {
  const given = LOGINS.filter((key) => owner[key] !== undefined);
  if (given.length > 1) {
    report(
      'wrong-login',
      [...path, given.at(-1) ?? ''],
      `there are ${given.map(quote).join(' and ')}: a registry has one login`,
      {
        key: true,
        help: 'keep "role" for ECR, "workload_identity" for Artifact Registry, "login" for any other registry. A role for EKS belongs to the environment',
      },
    );
  }
  if (owner['workload_identity'] !== undefined) checkGoogle(path, repository, report);
}

/** A token of Google Cloud goes to Google alone. */
function checkGoogle(path: Path, repository: Repository | undefined, report: Report): void {
  if (repository === undefined || isGoogleRegistry(repository.host)) return;
  const message = `"workload_identity" is for Artifact Registry, and ${quote(repository.host)} is not a registry of Google`;
  report('wrong-login', [...path, 'workload_identity'], message, {
    key: true,
    help: 'expected a repository of LOCATION-docker.pkg.dev or gcr.io; use "role" for ECR, "login" for any other registry',
  });
}

function checkEnvironmentImage(
  image: Mapping,
  environment: Path,
  source: Repository | undefined,
  report: Report,
): void {
  const path = [...environment, 'image'];
  const repository = checkRepository(image['repository'], [...path, 'repository'], report);
  checkLogin(image, path, repository, report);
  if (repository === undefined || source === undefined) return;
  if (formatRepository(repository) === formatRepository(source)) {
    report(
      'wrong-repository',
      [...path, 'repository'],
      `${quote(image['repository'])} is the repository of the image`,
      {
        help: 'delete "image" of the environment: it runs from there anyway',
      },
    );
    return;
  }
  if (image['by'] !== 'replication') return;
  const ecr = parseEcrHost(source.host) !== undefined && parseEcrHost(repository.host) !== undefined;
  if (ecr && source.path === repository.path) return;
  const message = ecr
    ? `ECR replicates under the same name: ${quote(source.path)} does not become ${quote(repository.path)}`
    : 'replication is what ECR does between its accounts and regions, and not both repositories are of ECR';
  report('replication', [...path, 'by'], message, {
    help: ecr ? `write ${repository.host}/${source.path}, or "by: copy"` : 'write "by: copy"',
  });
}
