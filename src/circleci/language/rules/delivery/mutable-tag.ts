import type { Action } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { movedTagOf } from '../../actions/reference.js';
import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace, relatedAction } from './finding.js';

export const mutableTag: Rule = {
  name: 'mutable-tag',
  group: 'delivery',
  weight: 'warning',
  summary: 'A deployment names its image by a tag that is moved to newer images.',
  why: 'What "latest" or a branch points at can change between the test and the deployment, and once more when a node restarts a week later: then production runs an image that nobody deployed. Kubernetes and ECS see no change in such a name, so a deployment can do nothing and be green, and going back to "latest" goes nowhere.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model);
    for (const job of jobs) {
      for (const action of job.actions) {
        if (action.kind !== 'deploy') continue;
        const moved = action.references.find((reference) => movedTagOf(reference) !== undefined);
        if (moved !== undefined) {
          report(
            atAction(action, {
              message: `"${action.what}" deploys the tag "${movedTagOf(moved)}", which is moved to newer images`,
              help: 'deploy the digest, or a tag that is given once, such as the commit SHA',
            }),
          );
        }
        const push = action.refetches === true && !action.guarded ? findMovingPush(job, jobs) : undefined;
        if (push === undefined) continue;
        report(
          atAction(action, {
            message: `"${action.what}" names no image: it makes the environment fetch again whatever "${push.tag}" points at`,
            help: 'push a tag that is given once, such as the commit SHA, and deploy that',
            related: [relatedAction(push.action, 'the tag is moved here', subject)],
          }),
        );
      }
    }
  },
};

/** Where the job, or one that it waits for, moves a tag; undefined where it also pushes one that is not moved. */
function findMovingPush(
  job: DeliveryJob,
  jobs: readonly DeliveryJob[],
): { readonly action: Action; readonly tag: string } | undefined {
  const ancestors = flowOf(job.workflow).ancestors(job.invocation);
  const pushes = jobs
    .filter(
      ({ invocation, workflow }) =>
        workflow === job.workflow && (invocation === job.invocation || ancestors.has(invocation)),
    )
    .flatMap(({ actions }) => actions.flatMap(pushesOf));
  const [first] = pushes;
  return first !== undefined && pushes.every(({ tag }) => tag !== undefined)
    ? { ...first, tag: first.tag ?? '' }
    : undefined;
}

function pushesOf(action: Action): readonly { readonly action: Action; readonly tag: string | undefined }[] {
  const references =
    action.kind === 'push' ? [action.reference] : action.kind === 'build' && action.pushes ? action.references : [];
  return references.map((reference) => ({ action, tag: movedTagOf(reference) }));
}
