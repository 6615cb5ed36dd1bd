import type { Io } from '../../io/io.js';
import type { Workload } from '../../kubernetes/objects.js';
import { parseReference, type Repository } from '../../reference.js';
import { ok, type Result } from '../../result.js';
import type { WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import type { WayBack } from '../deploy/go-back.js';
import { makeRollbackAnnotations } from '../running/deployment-record.js';
import { findContainers } from '../running/find-running.js';
import { keepPrevious } from '../running/previous.js';
import { readState } from '../running/state.js';
import type { Passed } from './find-passed.js';

/** The way back of a workload to an image that the environment has passed. One that runs it already stays as it is. */
export function passedWay(
  ref: WorkloadRef,
  workload: Workload,
  given: { readonly passed: Passed; readonly repository: Repository; readonly environment: string },
  io: Io,
): Result<WayBack, Failure> {
  const { passed, repository, environment } = given;
  const found = findContainers(ref, workload, { repository, containers: [] });
  if (!found.ok) return found;
  const names = found.value.map(({ name }) => name);
  const from = readState(ref, workload, names);
  if (found.value.every(({ image = '' }) => parseReference(image)?.digest === passed.digest)) {
    return ok({ ref, from, to: from });
  }
  const images = Object.fromEntries(names.map((name) => [name, passed.image]));
  const annotations = {
    ...makeRollbackAnnotations(environment, passed, io),
    ...keepPrevious(from, 'rollback'),
  };
  return ok({ ref, from, to: { images, annotations } });
}
