import { quote, quoteList } from '../../../../diagnostic/quote.js';
import type { Invocation } from '../../model.js';
import { specifiersOf } from '../filters.js';
import type { Rule } from '../rule.js';

export const missingTagFilter: Rule = {
  name: 'missing-tag-filter',
  group: 'meaning',
  weight: 'warning',
  summary: 'A job that runs for tags and waits for one that does not.',
  why: 'A job without a filter for tags does not run for them. When all that a job waits for is left out, it does not run either; when a part is, it runs without waiting for that part.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#tags',
  check: ({ model }, report) => {
    for (const { name: workflow, jobs } of model.workflows) {
      const byName = new Map(jobs.map((job) => [job.name, job]));
      for (const job of jobs) {
        if (job.filters?.kind === 'expression' || !runsForTags(job)) continue;
        const required = job.requires.flatMap(({ name, place }) => {
          const one = byName.get(name);
          return one === undefined || place.source !== model.source ? [] : [{ name, place, runs: runsForTags(one) }];
        });
        const missing = required.filter(({ runs }) => !runs);
        const [first] = missing;
        if (first === undefined) continue;
        const names = quoteList(missing.map(({ name }) => name));
        const [does, them] = missing.length === 1 ? ['does', 'it'] : ['do', 'them'];
        const effect =
          missing.length === required.length
            ? `so ${quote(job.name)} does not either`
            : `so ${quote(job.name)} does not wait for ${them} there`;
        const message = `in the workflow ${quote(workflow)} ${names} ${does} not run for tags, ${effect}`;
        report({ path: first.place.path, message, help: `give ${names} "filters" with "tags" too` });
      }
    }
  },
};

/** Whether a job may run for some tag: it says so, and does not ignore every one. */
function runsForTags(job: Invocation): boolean {
  if (job.filters?.kind === 'expression') return true;
  const tags = specifiersOf(job, 'tags');
  return tags !== undefined && (tags.only !== undefined || !(tags.ignore ?? []).includes('/.*/'));
}
