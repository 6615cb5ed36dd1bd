import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { type Job, nameOf } from '../../kubernetes/objects.js';
import { jobs } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { joinFailures } from '../failures.js';
import type { Progress } from '../progress.js';
import type { PinnedImage } from '../release-record.js';
import { formatFindings, joinFindings } from '../verify/findings.js';
import { verifyPods } from '../verify/verify-pods.js';
import type { Rights } from '../verify/verify-rights.js';

/** Whether the cluster would take the Pod of a Job that is to be made; says what was verified. */
export async function verifyJob(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  rights: Rights,
  job: Job,
  image: PinnedImage,
): Promise<Result<undefined, Failure>> {
  const findings = await verifyPods(client, io, rights, {
    name: `Job ${nameOf(job)}`,
    template: job.spec.template,
    owner: { resource: jobs, metadata: job.metadata },
    needsRoom: true,
    platforms: image.platforms,
  });
  const failure = joinFailures(findings.problems);
  if (failure !== undefined) return fail(failure);
  for (const line of formatFindings(joinFindings([rights, findings]))) progress.say(line);
  return ok(undefined);
}
