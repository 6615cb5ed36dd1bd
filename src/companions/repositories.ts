import { expireUntagged, immutableTags, type RepositorySettings, UNTAGGED_DAYS } from '../aws/repository-settings.js';
import type { Delivery, Part } from '../delivery/delivery.js';
import { parseEcrHost, parseReference } from '../reference.js';
import { partitionOf } from './arn.js';
import { exclusionsOf } from './exclusions.js';

/** A repository in ECR that an image of the delivery goes to. */
export interface Repository {
  /** `host/path`. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly path: string;
  readonly arn: string;
}

/** A repository with what it is to be like. */
export interface PlannedRepository extends Repository {
  readonly settings: RepositorySettings;
  /** Names of the environments whose passed tags are in it. */
  readonly environments: readonly string[];
}

/** Where the image of a part goes; undefined where that is no private registry of ECR. */
export function repositoryOf({ image }: Part): Repository | undefined {
  const repository = image && parseReference(image.repository)?.repository;
  const ecr = repository && parseEcrHost(repository.host);
  if (image === undefined || repository === undefined || ecr === undefined) return undefined;
  const { account, region } = ecr;
  const { path } = repository;
  const arn = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${path}`;
  return { name: image.repository, account, region, path, arn };
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
  const parts = [delivery, ...delivery.services].flatMap((part) => {
    const repository = repositoryOf(part);
    return repository === undefined ? [] : [{ part, repository }];
  });
  const arns = [...new Set(parts.map(({ repository }) => repository.arn))];
  return arns.flatMap((arn) => {
    const same = parts.filter(({ repository }) => repository.arn === arn);
    const [first] = same;
    if (first === undefined) return [];
    const environments = [...new Set(same.flatMap(({ part }) => part.environments.map(({ name }) => name)))];
    const exclusions = exclusionsOf({ parts: same.map(({ part }) => part), environments, filters, note });
    const settings: RepositorySettings = {
      mutability: immutableTags(exclusions),
      scanOnPush: true,
      encryption: { type: 'AES256', kmsKey: undefined },
      lifecycle: expireUntagged(UNTAGGED_DAYS),
    };
    return [{ ...first.repository, settings, environments }];
  });
}
