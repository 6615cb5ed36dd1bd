import { quote, quoteList } from '../../../../diagnostic/quote.js';
import { isFilteredOut, specifiersOf } from '../filters.js';
import type { Rule } from '../rule.js';

export const unreachableJob: Rule = {
  name: 'unreachable-job',
  group: 'meaning',
  weight: 'warning',
  summary: 'A job whose branches are none of those that the jobs before it run for.',
  why: 'When every job that it waits for is filtered out it does not run, so it never runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: ({ model }, report) => {
    for (const { name: workflow, jobs } of model.workflows) {
      const byName = new Map(jobs.map((job) => [job.name, job]));
      for (const job of jobs) {
        const only = specifiersOf(job, 'branches')?.only ?? [];
        const required = job.requires.flatMap(({ name }) => byName.get(name) ?? []);
        const literal = only.length > 0 && only.every((one) => !one.startsWith('/'));
        if (!literal || required.length === 0 || specifiersOf(job, 'tags') !== undefined) continue;
        if (!only.every((branch) => required.every((one) => isFilteredOut(one, branch)))) continue;
        if (job.place.source !== model.source) continue;
        const message = `in the workflow ${quote(workflow)} ${quote(job.name)} never runs: ${quoteList(required.map(({ name }) => name))} ${required.length === 1 ? 'does' : 'do'} not run for ${quoteList(only)}`;
        report({ path: job.place.path, at: 'key', message });
      }
    }
  },
};
