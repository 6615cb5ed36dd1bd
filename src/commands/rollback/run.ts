import type { Io } from '../../io/io.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload } from '../../workload.js';
import type { Failure, Options, Run } from '../command.js';
import { goBack } from '../deploy/go-back.js';
import { reportFailure } from '../deploy/report.js';
import { formatDuration } from '../duration.js';
import { readLimits } from '../limits.js';
import { openCluster } from '../open-cluster.js';
import { open, readRepository } from '../open-repository.js';
import { startProgress } from '../progress.js';
import { readWorkloads } from '../read-workloads.js';
import { chooseLogin } from '../registry-login.js';
import type { parameters } from './declaration.js';
import { describeStep } from './describe.js';
import { findPassed } from './find-passed.js';
import { type Destination, planRollback } from './plan.js';
import { readTo } from './read-to.js';

type RollbackOptions = Options<typeof parameters>;

/**
 * Returns workloads to what they ran before. In phases, of which the first two change nothing: look (what runs, what was
 * there before, has the environment passed it, may the user do it, would the cluster take it), plan, apply, wait, verdict.
 */
export const run: Run<typeof parameters> = async (options, io) => {
  const { environment, namespace } = options;
  const limits = readLimits(options);
  if (!limits.ok) return limits;
  const refs = readWorkloads(options.workloads);
  if (!refs.ok) return refs;
  const destination = await findDestination(options, io);
  if (!destination.ok) return destination;
  const client = await openCluster(options, io);
  if (!client.ok) return client;
  const progress = startProgress(io);
  const plan = await planRollback(client.value, refs.value, destination.value, io);
  if (!plan.ok) return plan;
  const { steps, warnings } = plan.value;

  progress.say(`Rolling back ${environment}, namespace ${namespace}.`);
  for (const line of warnings) progress.say(line);
  for (const step of steps) {
    for (const line of await describeStep(client.value, step)) progress.say(line);
  }
  progress.say('A migration is not undone: the database stays as the newer version has left it.');
  const ways = steps.map(({ way }) => way);
  const changed = ways.filter(({ from, to }) => from !== to).length;
  if (options.dry_run) {
    return ok({ summary: `Dry run: ${changed} of ${ways.length} workloads would go back; nothing was changed.` });
  }

  const { left, end } = await goBack(client.value, io, progress, { ways, limits: limits.value });
  const problems = [...left];
  if (end !== undefined && end.kind !== 'done') {
    const given = { timeout: options.timeout, workloads: refs.value, advice: ADVICE };
    problems.push(await reportFailure(client.value, end, given));
  }
  const [first, ...others] = problems;
  if (first !== undefined) {
    const below = [...(first.details ?? []), ...others.flatMap(({ cause, details = [] }) => [cause, ...details])];
    return fail({ ...first, cause: `the rollback of ${environment} did not come up: ${first.cause}`, details: below });
  }
  const names = refs.value.map(formatWorkload).join(', ');
  const images = [...new Set(ways.flatMap(({ to }) => Object.values(to.images)))].join(', ');
  const how = changed === 0 ? 'nothing was changed' : `after ${formatDuration(progress.elapsed())}`;
  return ok({ summary: `${environment} runs ${images} again: ${names}; ${how}.` });
};

const ADVICE = 'Go on by hand: build-once rollback to another commit, or a new commit that mends it.';

/** Where to go back to: by the records of the workloads alone, or to what the registry says was passed. */
async function findDestination(options: RollbackOptions, io: Io): Promise<Result<Destination, Failure>> {
  const { environment } = options;
  const to = readTo(options.to);
  if (!to.ok) return to;
  if (to.value.kind === 'previous') return ok({ environment, image: undefined });
  const repository = readRepository(options.repository);
  if (!repository.ok) return repository;
  const own = options.destination === '' ? repository : readRepository(options.destination, '--destination');
  if (!own.ok) return own;
  const opened = await open(repository.value, await chooseLogin(repository.value.host, options, io), io);
  if (!opened.ok) return opened;
  const passed = await findPassed(opened.value, to.value, { environment, destination: own.value });
  return passed.ok ? ok({ environment, image: { passed: passed.value, repository: own.value } }) : passed;
}
