import { plainText } from '../../io/plain-text.js';
import { fail, ok } from '../../result.js';
import type { Failure, Run } from '../command.js';
import { openGit } from '../git.js';
import { openCluster } from '../open-cluster.js';
import { readWorkloads } from '../read-workloads.js';
import type { parameters } from './declaration.js';
import { findDrift } from './drift.js';
import { readEnvironments } from './read-environments.js';
import { type EnvironmentStatus, seeEnvironment } from './see-environment.js';
import { formatTable } from './table.js';

/** Shows what runs where. An environment that cannot be read does not hide the others. */
export const run: Run<typeof parameters> = async (options, io) => {
  const refs = readWorkloads(options.workloads);
  if (!refs.ok) return refs;
  const places = readEnvironments(options.environments);
  if (!places.ok) return places;
  const seen: EnvironmentStatus[] = [];
  const problems: Failure[] = [];
  for (const { environment, namespace } of places.value) {
    const client = await openCluster({ ...options, namespace }, io);
    if (!client.ok) return client;
    const status = await seeEnvironment(client.value, environment, refs.value);
    if (status.ok) seen.push(status.value);
    else problems.push(status.error);
  }
  const drift = await findDrift(seen, openGit(io));
  const isJson = options.format === 'json';
  if (!isJson) {
    for (const line of seen.flatMap((one) => [...formatTable(one), ''])) io.stdout.write(`${plainText(line)}\n`);
  }
  const [first, ...others] = problems;
  if (first !== undefined) {
    return fail({ ...first, details: [...(first.details ?? []), ...others.map(({ cause }) => cause)] });
  }
  if (isJson) return ok({ summary: JSON.stringify({ environments: seen, drift }) });
  const count = seen.reduce((sum, { workloads }) => sum + workloads.length, 0);
  const summaries = drift.map(({ summary }) => summary);
  return ok({
    summary:
      summaries.length === 0 ? `${count} ${count === 1 ? 'workload' : 'workloads'}.` : `${summaries.join('; ')}.`,
  });
};
