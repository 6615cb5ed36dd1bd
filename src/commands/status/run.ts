import { plainText } from '../../io/plain-text.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { statusRules } from '../../kubernetes/permissions.js';
import { fail, ok } from '../../result.js';
import type { Run } from '../command.js';
import { openGit } from '../git.js';
import { toWorkloadFailure } from '../kubernetes-failure.js';
import { openCluster } from '../open-cluster.js';
import { readWorkloads } from '../read-workloads.js';
import type { parameters } from './declaration.js';
import { readEnvironments } from './read-environments.js';
import { type Survey, survey } from './survey.js';
import { formatTable } from './table.js';

/** Shows what runs where. An environment that cannot be read does not hide the others. */
export const run: Run<typeof parameters> = async (options, io) => {
  const workloads = readWorkloads(options.workloads);
  if (!workloads.ok) return workloads;
  const named = readEnvironments(options.environments);
  if (!named.ok) return named;
  const places = named.value.map(({ environment, namespace }, at) => ({
    environment,
    namespace,
    after: named.value[at - 1]?.environment,
    workloads: workloads.value,
    open: () => openCluster({ ...options, namespace }, io),
    explain: (error: KubernetesError) => toWorkloadFailure(error, statusRules(workloads.value)),
  }));
  const seen = await survey(places, openGit(io));
  const isJson = options.format === 'json';
  if (!isJson) {
    for (const line of [...formatTable(seen.environments), '']) io.stdout.write(`${plainText(line)}\n`);
  }
  const summary = isJson ? plainText(JSON.stringify(seen)) : `${describe(seen)}.`;
  const problems = seen.environments.flatMap((one) => one.problems);
  const [first, ...others] = new Map(problems.map((problem) => [problem.cause, problem])).values();
  if (first === undefined) return ok({ summary });
  io.stdout.write(`${summary}\n`);
  return fail({ ...first, details: [...(first.details ?? []), ...others.map(({ cause }) => cause)] });
};

function describe({ environments, drift }: Survey): string {
  if (drift.length > 0) return drift.map(({ summary }) => summary).join('; ');
  const count = environments.reduce((sum, { workloads }) => sum + workloads.length, 0);
  return `${count} ${count === 1 ? 'workload' : 'workloads'}`;
}
