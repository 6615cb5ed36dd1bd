import type { Invocation, Workflow } from '../model.js';
import { flowOf } from './flow.js';
import { runsWorkflow, type Situation } from './situation.js';
import { situationsOf } from './situations.js';

/** A job in its workflow. */
export interface Placed {
  readonly invocation: Invocation;
  readonly workflow: Workflow;
}

/**
 * A situation in which both of two jobs run. Of two workflows both must be certain to run: what their conditions depend on
 * beside the situation may let only one of them run at a time.
 */
export function findMeeting(a: Placed, b: Placed): Situation | undefined {
  const same = a.workflow === b.workflow;
  const situations = same ? situationsOf(a.workflow) : [...situationsOf(a.workflow), ...situationsOf(b.workflow)];
  return situations.find((situation) =>
    [a, b].every(({ invocation, workflow }) => {
      const condition = runsWorkflow(workflow, situation);
      return (same ? condition !== false : condition === true) && flowOf(workflow).runs(invocation, situation) === true;
    }),
  );
}
