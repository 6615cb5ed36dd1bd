import type { Io } from '../../io/io.js';
import { formatWorkload, parseWorkloads } from '../../kubernetes/workload.js';
import { fail, ok } from '../../result.js';
import type { Options, Run } from '../command.js';
import { formatDuration, parseDuration } from '../duration.js';
import { openCluster } from '../open-cluster.js';
import { startProgress } from '../progress.js';
import { readImage } from '../release-record.js';
import { applyPlan } from './apply.js';
import type { parameters } from './declaration.js';
import { look } from './look.js';
import { reportFailure } from './report.js';
import { waitForRollouts } from './wait.js';

type DeployOptions = Options<typeof parameters>;

/**
 * Sets workloads to a digest. In phases, of which the first two change nothing: look (do all workloads exist, which
 * containers run the image, would the cluster take the change), plan, apply, wait, verdict. Run again with the same
 * digest it changes nothing, waits and gives the same verdict.
 */
export const run: Run<typeof parameters> = async (options, io) => {
  const timeout = parseDuration(options.timeout);
  if (!timeout.ok) return fail({ code: 2, cause: `--timeout ${timeout.error}` });
  const refs = parseWorkloads(options.workloads);
  if (!refs.ok) {
    const [cause = '', ...details] = refs.error;
    return fail({ code: 2, cause: `--workloads: ${cause}`, details });
  }
  const image = await readImage(io, options);
  if (!image.ok) return image;
  const client = await openCluster(options, io);
  if (!client.ok) return client;
  const progress = startProgress(io);

  const plan = await look(client.value, refs.value, image.value, annotations(options, io));
  if (!plan.ok) return plan;
  progress.say(`Deploying ${image.value.reference} to ${options.environment}, namespace ${options.namespace}.`);
  for (const line of plan.value.flatMap((one) => one.lines)) progress.say(line);
  const changed = plan.value.filter((one) => one.patch !== undefined);
  if (options.dry_run) {
    return ok({
      summary: `Dry run: ${changed.length} of ${plan.value.length} workloads would change; nothing was changed.`,
    });
  }

  const applied = await applyPlan(client.value, plan.value);
  if (!applied.ok) return applied;
  const end = await waitForRollouts(client.value, io, progress, {
    workloads: applied.value,
    image: image.value,
    timeout: timeout.value,
  });
  if (end.kind !== 'done') {
    const given = { timeout: options.timeout, changed: changed.map((one) => one.ref) };
    return fail(await reportFailure(client.value, end, given));
  }
  const names = refs.value.map(formatWorkload).join(', ');
  const how = changed.length === 0 ? 'nothing was changed' : `after ${formatDuration(progress.elapsed())}`;
  return ok({ summary: `Running ${image.value.digest} on ${end.pods} Pods: ${names}; ${how}.` });
};

/**
 * Annotations of the Deployment itself: `kubectl rollout history` shows the cause of each revision. None goes on the Pod
 * template, where another pipeline of the same digest would restart every Pod.
 */
function annotations(options: DeployOptions, io: Io): Readonly<Record<string, string>> {
  const pipeline = io.env['CIRCLE_BUILD_URL'] ?? '';
  return {
    'kubernetes.io/change-cause': `build-once deploy of commit ${options.commit} to ${options.environment}`,
    'build-once/commit': options.commit,
    ...(pipeline === '' ? {} : { 'build-once/job': pipeline }),
  };
}
