import type { Action } from '../../actions/action.js';
import { deliveryJobsOf } from '../../actions/deliveries.js';
import { movedTagOf, repositoryOf } from '../../actions/reference.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace } from './finding.js';

export const promoteByMutableTag: Rule = {
  name: 'promote-by-mutable-tag',
  group: 'delivery',
  weight: 'warning',
  summary: 'An image is given another tag by way of a tag that is moved to newer images.',
  why: 'What is promoted is whatever the tag points at when the job runs, not what was tested: another pipeline can have moved it in between, and an approval can come days later. The job has no way to notice.',
  source: 'https://docs.docker.com/reference/cli/docker/image/tag/',
  check: ({ model }, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const { actions } of deliveryJobsOf(model)) {
      for (const action of actions) {
        const tag = action.kind === 'retag' && comesFromRegistry(action, actions) ? movedTagOf(action.from) : undefined;
        if (tag === undefined) continue;
        report(
          atAction(action, {
            message: `"${action.what}" promotes what the tag "${tag}" points at when the job runs`,
            help: 'name the source by its digest, or by a tag that is given once, such as the commit SHA',
          }),
        );
      }
    }
  },
};

/** An image that was built in the same job is the one that its tag points at there. */
function comesFromRegistry(retag: Action & { readonly kind: 'retag' }, actions: readonly Action[]): boolean {
  const inRegistry = !retag.what.includes('docker tag') && !retag.what.includes('podman tag');
  const pulled = actions.some((one) => one.kind === 'pull' && one.reference === retag.from);
  const built = actions.some(
    (one) => one.kind === 'build' && one.references.some((name) => repositoryOf(name) === repositoryOf(retag.from)),
  );
  return (inRegistry || pulled) && !built;
}
