import { isImageOf, listContainers } from '../../kubernetes/image-match.js';
import type { Container, PodSpec } from '../../kubernetes/objects.js';
import { formatRepository, type Repository } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';

/**
 * The container that the migration is run in: the one that is named, else the one with an image of the repository, else
 * the only one. Anything else would be a guess.
 */
export function pickContainer(
  spec: PodSpec,
  named: string,
  repository: Repository,
  workload: string,
): Result<Container, Failure> {
  const refuse = (cause: string) =>
    fail({
      code: 1 as const,
      cause,
      details: [`its containers: ${listContainers(spec.containers)}`],
      next: 'Name one with --container.',
    });
  if (named !== '') {
    const found = spec.containers.find((container) => container.name === named);
    return found === undefined ? refuse(`${workload} has no container "${named}"`) : ok(found);
  }
  const matched = spec.containers.filter((container) => isImageOf(container, repository));
  const [first, second] = matched.length > 0 ? matched : spec.containers;
  if (first !== undefined && second === undefined) return ok(first);
  const image = formatRepository(repository);
  return refuse(
    matched.length > 1
      ? `${workload} has ${matched.length} containers with an image of ${image}`
      : `${workload} has no container with an image of ${image}`,
  );
}
