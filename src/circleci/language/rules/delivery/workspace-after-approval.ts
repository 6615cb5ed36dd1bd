import { flowOf } from '../../flow/flow.js';
import type { Invocation } from '../../model.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const workspaceAfterApproval: Rule = {
  name: 'workspace-after-approval',
  group: 'delivery',
  weight: 'warning',
  summary: 'A job behind an approval needs a workspace that was filled in front of it.',
  why: 'An approval can be given for 90 days, and a workspace lives 15 at most. Whoever approves later than that gets a job that fails, and running it again does not help: the release has to be built anew, from the start.',
  source: 'https://circleci.com/docs/guides/orchestrate/workspaces/',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const workflow of subject.model.workflows) {
      const flow = flowOf(workflow);
      for (const job of workflow.jobs.filter((one) => has(one, 'attach_workspace'))) {
        const ancestors = [...flow.ancestors(job)];
        const persisting = ancestors.filter((one) => has(one, 'persist_to_workspace'));
        const approval = flow
          .approvals(job)
          .find((one) => persisting.length > 0 && persisting.every((each) => flow.ancestors(one).has(each)));
        const [source] = persisting;
        if (approval === undefined || source === undefined) continue;
        report(
          atJob(job, {
            message: `"${titleOf(job)}" needs the workspace of "${titleOf(source)}", which may be gone when "${approval.name}" is approved`,
            help: 'fetch what it needs by the commit, an image from its registry for one, or fill the workspace behind the approval',
            related: [
              relatedJob(source, 'the workspace is filled here', subject),
              relatedJob(approval, 'the approval', subject),
            ],
          }),
        );
      }
    }
  },
};

function has({ job }: Invocation, step: string): boolean {
  return job?.steps.some(({ name }) => name === step) ?? false;
}
