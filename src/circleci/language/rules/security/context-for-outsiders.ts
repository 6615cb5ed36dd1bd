import { quote, quoteList } from '../../../../diagnostic/quote.js';
import { specifierMatches, specifiersOf } from '../filters.js';
import { graphOf } from '../graph.js';
import type { Rule } from '../rule.js';

export const contextForOutsiders: Rule = {
  name: 'context-for-outsiders',
  group: 'security',
  weight: 'warning',
  summary: 'A context on a job that outsiders can start.',
  why: 'Whoever opens a pull request or writes a comment starts the job, with what is in the context.',
  source: 'https://circleci.com/docs/guides/security/contexts/',
  check: ({ model }, report) => {
    for (const workflow of model.workflows) {
      const graph = graphOf(workflow);
      const open = workflow.condition !== undefined && OPEN.test(JSON.stringify(workflow.condition.data ?? ''));
      for (const job of workflow.jobs) {
        if (job.contexts.length === 0 || job.place.source !== model.source) continue;
        if (!open && !(specifiersOf(job, 'branches')?.only ?? []).some(isPullRequest)) continue;
        if ([...graph.before(job)].some(({ kind }) => kind === 'approval')) continue;
        const message = `outsiders can start ${quote(job.name)}, which holds the credentials of ${quoteList(job.contexts)}`;
        report({
          path: [...job.place.path, 'context'],
          message,
          help: 'put an approval before it, restrict the context, or do without it here',
        });
      }
    }
  },
};

/** A workflow for comments, which anybody can write. */
const OPEN = /pipeline\.event\.github\.comment\.body/;

/** Whether a specifier is for the branches that CircleCI gives to pull requests of forks, `pull/12`, and for no other. */
function isPullRequest(specifier: string): boolean {
  return specifierMatches(specifier, 'pull/12') === true && specifierMatches(specifier, 'main') === false;
}
