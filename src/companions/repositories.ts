import { expireUntagged, immutableTags, type RepositorySettings, UNTAGGED_DAYS } from '../aws/repository-settings.js';
import type { Delivery } from '../delivery/delivery.js';
import { isPublicEcr, parseEcrHost, parseReference } from '../reference.js';
import { parseRole, partitionOf } from './arn.js';
import { exclusionsOf } from './exclusions.js';
import { standIn } from './unknown.js';

/** A repository in ECR that an image of the delivery goes to. */
export interface Repository {
  readonly account: string;
  readonly region: string;
  readonly path: string;
  readonly arn: string;
}

/** A repository with what it is to be like. */
export interface PlannedRepository extends Repository {
  readonly settings: RepositorySettings;
}

/** A repository by the name that a spec gives it; undefined where it is in no private registry of ECR. */
export function repositoryAt(name: string): Repository | undefined {
  const repository = parseReference(name)?.repository;
  const ecr = repository && parseEcrHost(repository.host);
  if (repository === undefined || ecr === undefined) return undefined;
  const { account, region } = ecr;
  const { path } = repository;
  return { account, region, path, arn: `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${path}` };
}

/**
 * The ARN of a repository in ECR Public, which is in the account of the role that pushes to it; undefined for a name of
 * another registry.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistrypublic.html
 */
export function publicRepository(name: string, role: string | undefined): string | undefined {
  const repository = parseReference(name)?.repository;
  if (repository === undefined || !isPublicEcr(repository.host)) return undefined;
  const [, ...path] = repository.path.split('/');
  const account = role === undefined ? standIn('account_id') : parseRole(role).account;
  return `arn:aws:ecr-public::${account}:repository/${path.join('/')}`;
}

/**
 * The repositories of a delivery, each once.
 * @param filters of the tags that can be moved; undefined: those that the spec makes move
 * @param note is told what the filters cannot be made of
 */
export function repositoriesOf(
  delivery: Delivery,
  filters: readonly string[] | undefined,
  note: (text: string) => void,
): readonly PlannedRepository[] {
  const parts = [delivery, ...delivery.services];
  const named = parts.flatMap(({ image, environments }) => [
    ...(image === undefined ? [] : [image.repository]),
    ...environments.flatMap(({ destination }) => (destination === undefined ? [] : [destination.repository])),
  ]);
  return [...new Set(named)].flatMap((name) => {
    const repository = repositoryAt(name);
    if (repository === undefined) return [];
    // What an environment promotes to has the tags of commits alone: it is passed in the repository of the image.
    const exclusions = exclusionsOf(
      parts.filter(({ image }) => image?.repository === name),
      filters,
      note,
    );
    const settings: RepositorySettings = {
      mutability: immutableTags(exclusions),
      scanOnPush: true,
      encryption: { type: 'AES256', kmsKey: undefined },
      lifecycle: expireUntagged(UNTAGGED_DAYS),
    };
    return [{ ...repository, settings }];
  });
}
