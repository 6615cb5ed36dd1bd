import { kinds } from '../../kubernetes/kinds/kinds.js';
import { nameOf } from '../../kubernetes/objects.js';
import { migrationRules, templateRules } from '../../kubernetes/permissions.js';
import { jobs } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, parseWorkloads } from '../../workload.js';
import type { Run } from '../command.js';
import { formatDuration, parseDuration } from '../duration.js';
import { joinFailures } from '../failures.js';
import { toFailure, toWorkloadFailure } from '../kubernetes-failure.js';
import { openCluster } from '../open-cluster.js';
import { startProgress } from '../progress.js';
import { readImage } from '../release-record.js';
import { verifyRights } from '../verify/verify-rights.js';
import type { parameters } from './declaration.js';
import { makeMigrationJob } from './migration-job.js';
import { pickContainer } from './pick-container.js';
import { reportJob } from './report.js';
import { takeJob } from './take-job.js';
import { verifyJob } from './verify-job.js';
import { watchJob } from './watch-job.js';

/** Milliseconds that the Job's own deadline may be late before we stop waiting for it. */
const SLACK = 20_000;

/**
 * Runs a migration as a Job and gives its verdict. Look (the workload, its container), plan, take the Job (verify and make
 * it, or take up the one that is there), wait with its log, verdict.
 */
export const run: Run<typeof parameters> = async (options, io) => {
  const timeout = parseDuration(options.timeout);
  if (!timeout.ok) return fail({ code: 2, cause: `--timeout ${timeout.error}` });
  const command = parseCommand(options.command);
  if (!command.ok) return fail({ code: 2, cause: `--command ${command.error}` });
  const refs = parseWorkloads(options.workload);
  const ref = refs.ok ? refs.value[0] : undefined;
  if (!refs.ok || ref === undefined || refs.value.length > 1) {
    return fail({ code: 2, cause: `--workload is "${options.workload}", expected one workload, KIND/NAME` });
  }
  const image = await readImage(io, options);
  if (!image.ok) return image;
  const client = await openCluster(options, io);
  if (!client.ok) return client;
  const progress = startProgress(io);

  const kind = kinds[ref.kind];
  const [rights, workload] = await Promise.all([
    verifyRights(client.value, [...templateRules(ref), ...migrationRules]),
    client.value.get(kind.resource, ref.name),
  ]);
  const forbidden = joinFailures(rights.problems);
  if (forbidden !== undefined) return fail(forbidden);
  if (!workload.ok) return fail(toWorkloadFailure(workload.error, templateRules(ref)));
  const template = kind.templateOf(workload.value);
  const picked = pickContainer(template.spec, options.container, image.value.repository, formatWorkload(ref));
  if (!picked.ok) return picked;
  const url = io.env['CIRCLE_BUILD_URL'] ?? '';
  const wanted = makeMigrationJob({
    environment: options.environment,
    namespace: options.namespace,
    commit: options.commit,
    command: command.value,
    container: picked.value.name,
    template,
    image: image.value,
    timeout: timeout.value,
    ...(url === '' ? {} : { job: url }),
  });
  progress.say(
    `Migration of ${options.environment}: ${JSON.stringify(command.value)} in ${image.value.reference}, as container ${picked.value.name} of ${formatWorkload(ref)}, namespace ${options.namespace}.`,
  );
  const verify = () => verifyJob(client.value, io, progress, rights, wanted, image.value);
  if (options.dry_run) {
    const accepted = await client.value.create(jobs, wanted, { dryRun: true });
    if (!accepted.ok && accepted.error.kind !== 'conflict') return fail(toFailure(accepted.error, migrationRules));
    const verified = accepted.ok ? await verify() : ok(undefined);
    if (!verified.ok) return verified;
    const there = accepted.ok ? 'would be made' : 'is there already and would be looked at';
    return ok({ summary: `Dry run: Job ${nameOf(wanted)} ${there}; nothing was changed.` });
  }

  const taken = await takeJob(client.value, io, progress, wanted, verify);
  if (!taken.ok) return taken;
  const { job, state } = taken.value;
  if (state === 'succeeded') {
    const when = job.status?.completionTime ?? 'an unknown time';
    return ok({ summary: `Job ${nameOf(job)} ran before and succeeded, at ${when}: the migration is not run again.` });
  }
  const end = await watchJob(client.value, io, progress, job, timeout.value + SLACK);
  if (end.kind !== 'complete') return fail(await reportJob(client.value, job, end, options.timeout));
  return ok({ summary: `Migration done: Job ${nameOf(job)} succeeded after ${formatDuration(progress.elapsed())}.` });
};

/** A JSON list of strings, of which the first is the program. */
function parseCommand(text: string): Result<readonly string[], string> {
  const refuse = fail(`is ${text}, expected a JSON list of strings like ["node", "migrate.js"]`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse;
  }
  if (!Array.isArray(value)) return refuse;
  const words = value.filter((one: unknown) => typeof one === 'string');
  return words.length === value.length && (words[0] ?? '') !== '' ? ok(words) : refuse;
}
