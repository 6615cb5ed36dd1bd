import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import type { Repository } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import type { WayBack } from '../deploy/go-back.js';
import { joinFailures } from '../failures.js';
import { findObstacle, toFailure, toWorkloadFailure } from '../kubernetes-failure.js';
import { setState } from '../running/state.js';
import { formatFindings } from '../verify/findings.js';
import { verifyRights } from '../verify/verify-rights.js';
import type { Passed } from './find-passed.js';
import { passedWay } from './passed-way.js';
import { checkOneVersion, previousWay } from './previous-way.js';

/** A workload with its way back. */
export interface Step {
  readonly workload: Workload;
  readonly way: WayBack;
}

/** Where workloads go back to. */
export interface Destination {
  readonly environment: string;
  /** Undefined: to what each of them ran before. */
  readonly image: { readonly passed: Passed; readonly repository: Repository } | undefined;
}

/** A rollback that nothing speaks against. */
export interface RollbackPlan {
  readonly steps: readonly Step[];
  /** What it has to do without, for a person. */
  readonly warnings: readonly string[];
}

/**
 * Looks at all workloads and plans their way back. All that speaks against it is found before anything is changed: a right
 * that is missing, too, for nobody wants to learn of it halfway back.
 */
export async function planRollback(
  client: KubernetesClient,
  refs: readonly WorkloadRef[],
  { environment, image }: Destination,
  io: Io,
): Promise<Result<RollbackPlan, Failure>> {
  const rights = await verifyRights(client, deployRules(refs));
  const steps: Step[] = [];
  const problems: Failure[] = [...rights.problems];
  for (const ref of refs) {
    const { resource } = kinds[ref.kind];
    if (!rights.has('get', resource)) continue;
    const found = await client.get(resource, ref.name);
    if (!found.ok) {
      problems.push(toWorkloadFailure(found.error, deployRules(refs)));
      continue;
    }
    const workload = found.value;
    const obstacle = findObstacle(ref, workload, client.namespace);
    if (obstacle !== undefined) {
      problems.push(obstacle);
      continue;
    }
    const way =
      image === undefined
        ? previousWay(ref, workload, environment, io)
        : passedWay(ref, workload, { ...image, environment }, io);
    if (!way.ok) {
      problems.push(way.error);
      continue;
    }
    steps.push({ workload, way: way.value });
    if (way.value.from === way.value.to || !rights.has('patch', resource)) continue;
    const accepted = await client.patch(resource, ref.name, setState(ref, workload, way.value.to), { dryRun: true });
    if (!accepted.ok) problems.push(toFailure(accepted.error, deployRules(refs)));
  }
  const failure = joinFailures(problems);
  if (failure !== undefined) return fail(failure);
  const checked = image === undefined ? checkOneVersion(steps.map(({ way }) => way)) : ok(undefined);
  return checked.ok ? ok({ steps, warnings: formatFindings(rights) }) : checked;
}
