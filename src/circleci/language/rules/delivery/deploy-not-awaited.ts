import type { Action, Deploy } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace } from './finding.js';

export const deployNotAwaited: Rule = {
  name: 'deploy-not-awaited',
  group: 'delivery',
  weight: 'warning',
  summary: 'A deployment is started and its end is not waited for.',
  why: 'The job is green as soon as the new version is asked for. That the image cannot be pulled, that it crashes, or that the old version goes on serving is seen by nobody, and what comes next, production for one, goes ahead on it.',
  source: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_status/',
  check: ({ model }, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(model);
    for (const job of jobs) {
      if (!job.actions.some(isUnawaited) || mayWait(job) || isAwaitedLater(job, jobs)) continue;
      for (const [index, action] of job.actions.entries()) {
        if (!isUnawaited(action)) continue;
        if (job.actions.slice(index + 1).some(({ kind }) => kind === 'wait')) continue;
        const { text, help } = wordsFor(action);
        report(atAction(action, { message: `"${action.what}" ${text}, and nothing here waits until it runs`, help }));
      }
    }
  },
};

function isUnawaited(action: Action): action is Action & Deploy {
  return action.kind === 'deploy' && action.awaited === false;
}

/** Scripts and programs that may wait in ways that are not recognised. */
const WAITING =
  /wait|rollout|stable|verify|status|health|poll|retry|sleep|until|smoke|describe-services|argocd|kubedog|krane/i;

function mayWait({ invocation }: DeliveryJob): boolean {
  const steps = [...(invocation.job?.steps ?? []), ...(invocation.aroundOpaque?.after ?? [])];
  return steps.some(({ name, content }) =>
    name === 'run' ? WAITING.test(String(content['command'] ?? '')) : /wait|rollout|verify/.test(name),
  );
}

/** A job behind it may wait: one that says so, a release job, or one that tests what was deployed. */
function isAwaitedLater({ invocation, workflow }: DeliveryJob, jobs: readonly DeliveryJob[]): boolean {
  const flow = flowOf(workflow);
  return jobs.some(
    (other) =>
      other.workflow === workflow &&
      flow.ancestors(other.invocation).has(invocation) &&
      (other.invocation.kind === 'release' ||
        other.actions.some(({ kind }) => kind === 'wait') ||
        /wait|verify|smoke|e2e|health|test|check/i.test(other.invocation.name)),
  );
}

function wordsFor(action: Action & Deploy): { readonly text: string; readonly help: string } {
  if (action.what.startsWith('kubectl') || action.what.startsWith('oc ')) {
    return {
      text: 'only asks for the new version',
      help: 'follow it with "kubectl rollout status" of the workload and a "--timeout"',
    };
  }
  if (action.what.startsWith('helm')) {
    return { text: 'returns when the manifests are applied', help: 'add "--wait" with a "--timeout", or "--atomic"' };
  }
  if (action.what.startsWith('aws ')) {
    return {
      text: 'only asks for the new version',
      help: 'follow it with "aws ecs wait services-stable", and check that the service runs the new task definition',
    };
  }
  const parameter = /service/.test(action.what)
    ? 'verify_revision_is_deployed'
    : /helm/.test(action.what)
      ? 'wait'
      : 'get_rollout_status';
  return { text: 'only asks for the new version', help: `add "${parameter}: true"` };
}
