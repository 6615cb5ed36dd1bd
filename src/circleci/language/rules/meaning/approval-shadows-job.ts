import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const approvalShadowsJob: Rule = {
  name: 'approval-shadows-job',
  group: 'meaning',
  weight: 'warning',
  summary: 'An approval with the name of a job.',
  why: 'Where it is an approval the steps of the job do not run, though they look as if they did.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#type',
  check: ({ written }, report) => {
    const jobs = new Set(
      written.definitions
        .filter(
          ({ kind, value, document }) =>
            kind === 'jobs' && document.alias === undefined && value['type'] !== 'approval',
        )
        .map(({ name }) => name),
    );
    for (const { reference, body, bodyPath, path } of written.invocations) {
      if (body['type'] !== 'approval' || !jobs.has(reference)) continue;
      const message = `the approval ${quote(reference)} has the name of a job, whose steps do not run here`;
      report({ path: bodyPath === path ? path : bodyPath, at: 'key', message, help: 'give the approval another name' });
    }
  },
};
