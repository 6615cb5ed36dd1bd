import type { Io } from '../../io/io.js';
import { allContainers, isImageOf } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Container, Workload } from '../../kubernetes/objects.js';
import { parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import type { WayBack } from '../deploy/go-back.js';
import { makeRollbackAnnotations } from '../running/deployment-record.js';
import { keepPrevious, readPrevious, recordOf } from '../running/previous.js';
import { readState, type State } from '../running/state.js';

/** The way back of a workload to what its last deployment replaced. */
export function previousWay(
  ref: WorkloadRef,
  workload: Workload,
  environment: string,
  io: Io,
): Result<WayBack, Failure> {
  const name = formatWorkload(ref);
  const previous = readPrevious(workload.metadata);
  if (previous === undefined) {
    return fail({
      code: 1,
      cause: `what ${name} ran before is not known: no deployment has left a record of it`,
      next: `Name it: --to with a commit that ${environment} has passed, and --repository.`,
    });
  }
  if (previous.by === 'rollback') {
    return fail({
      code: 1,
      cause: `${name} runs what a rollback has brought, so its previous one is what was gone back from: ${describe(previous)}`,
      next: 'Name what to go to: --to with a commit, and --repository.',
    });
  }
  const names = Object.keys(previous.images);
  const containers = allContainers(kinds[ref.kind].templateOf(workload).spec);
  const absent = names.find((one) => !containers.some((container) => container.name === one));
  if (absent !== undefined) {
    return fail({
      code: 1,
      cause: `${name} has no container "${absent}" any more, which ran ${previous.images[absent]} before`,
      next: `Name what to go to: --to with a commit that ${environment} has passed, and --repository.`,
    });
  }
  const from = readState(ref, workload, [...names, ...findAdded(containers, names)]);
  const [image = ''] = Object.values(previous.images);
  const { commit, created } = recordOf(previous) ?? {};
  const { digest } = parseReference(image) ?? {};
  const annotations = {
    ...makeRollbackAnnotations(environment, { image, commit, digest, created }, io),
    ...keepPrevious(from, 'rollback'),
  };
  return ok({ ref, from, to: { images: previous.images, annotations } });
}

/** The containers that run a repository of these, and were not there before: they are of the same deployment. */
function findAdded(containers: readonly Container[], names: readonly string[]): readonly string[] {
  const ours = containers.filter(({ name }) => names.includes(name));
  const repositories = ours.flatMap(({ image = '' }) => parseReference(image)?.repository ?? []);
  const added = containers.filter((one) => repositories.some((repository) => isImageOf(one, repository)));
  return added.map(({ name }) => name);
}

/** Refuses to make a set of several commits. */
export function checkOneVersion(ways: readonly WayBack[]): Result<undefined, Failure> {
  const [first, ...others] = ways;
  if (first === undefined || others.every(({ to }) => describe(to) === describe(first.to))) return ok(undefined);
  return fail({
    code: 1,
    cause: 'the workloads did not run the same before, so to go back would leave a set of several versions',
    details: ways.map(({ ref, to }) => `${formatWorkload(ref)}: ${describe(to)}`),
    next: 'Nothing was changed. Name what all of them are to run: --to with a commit, and --repository.',
  });
}

/** The commit, where the record says it; else the images. */
function describe(state: State): string {
  const record = recordOf(state);
  return record === undefined ? [...new Set(Object.values(state.images))].sort().join(', ') : `commit ${record.commit}`;
}
