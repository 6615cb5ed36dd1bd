import type { Failure } from '../../commands/command.js';
import { toWorkloadFailure } from '../../commands/kubernetes-failure.js';
import type { Place } from '../../commands/status/see-environment.js';
import type { Environment } from '../../delivery/delivery.js';
import type { Io } from '../../io/io.js';
import type { Access } from '../../kubernetes/access.js';
import { openKubernetes } from '../../kubernetes/client.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { statusRules } from '../../kubernetes/permissions.js';
import { fail, ok, type Result } from '../../result.js';
import { parseWorkloads } from '../../workload.js';
import { adviseError, adviseWay } from './advise.js';
import { type Choice, chooseWay, describeWay, type Way } from './way.js';

/** An environment of the spec to look at, and how its cluster is reached, in words; undefined where there is no way. */
export interface ReachedPlace extends Place {
  readonly cluster: string | undefined;
}

/** @param open opens ways to clusters */
export function makePlace(
  environment: Environment,
  choice: Choice,
  open: (way: Way) => Promise<Result<Access, Failure>>,
  io: Io,
): ReachedPlace {
  const { name, after, target } = environment;
  const { namespace } = target;
  const read = parseWorkloads(target.workloads.join(','));
  if (!read.ok) throw new Error(`the spec has let through: ${read.error.join('; ')}`);
  const workloads = read.value;
  const common = { environment: name, namespace, after, workloads };
  const way = chooseWay(environment, choice);
  const explain = (error: KubernetesError) => toWorkloadFailure(error, statusRules(workloads));
  if (!way.ok) return { ...common, cluster: undefined, open: async () => way, explain };
  const { isJob } = choice;
  return {
    ...common,
    cluster: describeWay(way.value),
    open: async () => {
      const access = await open(way.value);
      // Somebody who waits at a terminal is told at once, and asks again.
      if (access.ok) return ok(openKubernetes(access.value, namespace, io, { retry: isJob }));
      return fail(adviseWay(access.error, way.value, name, isJob));
    },
    explain: isJob ? explain : (error) => adviseError(explain(error), error, way.value, environment),
  };
}
