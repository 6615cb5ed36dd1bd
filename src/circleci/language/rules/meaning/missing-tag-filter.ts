import { quote } from '../../../../diagnostic/quote.js';
import { specifiersOf } from '../filters.js';
import type { Rule } from '../rule.js';

export const missingTagFilter: Rule = {
  name: 'missing-tag-filter',
  group: 'meaning',
  weight: 'warning',
  summary: 'A job that runs for tags and waits for one that does not.',
  why: 'CircleCI runs a job for a tag only when every job that it waits for runs for tags too, so this one does not run.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#tags',
  check: ({ model }, report) => {
    for (const { name: workflow, jobs } of model.workflows) {
      const byName = new Map(jobs.map((job) => [job.name, job]));
      for (const job of jobs.filter((one) => specifiersOf(one, 'tags') !== undefined)) {
        for (const { name, place } of job.requires) {
          const required = byName.get(name);
          if (
            required === undefined ||
            required.filters?.kind === 'expression' ||
            specifiersOf(required, 'tags') !== undefined
          )
            continue;
          if (place.source !== model.source) continue;
          const message = `in the workflow ${quote(workflow)} ${quote(name)} does not run for tags, so ${quote(job.name)} does not either`;
          report({ path: place.path, message, help: `give ${quote(name)} "filters" with "tags" too` });
        }
      }
    }
  },
};
