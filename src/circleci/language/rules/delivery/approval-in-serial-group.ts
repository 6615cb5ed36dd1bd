import type { Rule } from '../rule.js';
import { atJob, relatedJob, titleOf } from './finding.js';

export const approvalInSerialGroup: Rule = {
  name: 'approval-in-serial-group',
  group: 'delivery',
  weight: 'warning',
  summary: 'An approval waits while its job group holds a serial group.',
  why: 'The group holds the lock, for the whole organization, until somebody approves: everything else that needs the serial group waits, and is canceled after five hours. A hotfix cannot pass a release that is waiting for its approval.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: (subject, report) => {
    for (const { jobs } of subject.model.workflows) {
      for (const job of jobs) {
        if (job.kind !== 'approval' || job.group === undefined) continue;
        const group = jobs.find(({ name, kind }) => kind === 'job-group' && name === job.group);
        if (group?.serialGroup === undefined) continue;
        report(
          atJob(job, {
            message: `"${titleOf(job)}" waits for a person while "${group.name}" holds the serial group "${group.serialGroup}"`,
            help: `put the approval in front of "${group.name}", and let the group require it`,
            related: [relatedJob(group, 'the group', subject)],
          }),
        );
      }
    }
  },
};
