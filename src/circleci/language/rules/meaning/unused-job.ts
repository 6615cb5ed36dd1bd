import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { WrittenDefinition } from '../../written/written.js';
import type { Rule } from '../rule.js';
import { namesOf, placeName } from './usage.js';

export const unusedJob: Rule = {
  name: 'unused-job',
  group: 'meaning',
  weight: 'warning',
  summary: 'A job that no workflow runs.',
  why: 'It is kept working by nobody and looks as if it did something. Mostly a workflow was to run it.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#workflows',
  check: ({ written }, report) => {
    if (written.workflows.length === 0) return;
    const used = new Set(written.invocations.map(({ reference }) => reference));
    for (const { body } of written.invocations)
      if (typeof body['override-with'] === 'string') used.add(body['override-with']);
    for (const document of written.documents) {
      for (const value of Object.values(mappingOf(document.value['jobs'])))
        if (typeof value === 'string') used.add(value);
    }
    const jobs = written.definitions.filter(({ kind }) => kind === 'jobs');
    const isUsed = (job: WrittenDefinition) => namesOf(job).some((one) => used.has(one));
    // A job that is there for its anchor: others are made from it.
    const made = new Set(jobs.filter(isUsed).map(({ value }) => value['steps']));
    for (const definition of jobs) {
      const { name, path, document, value } = definition;
      if (isUsed(definition) || (Array.isArray(value['steps']) && made.has(value['steps']))) continue;
      const message = `no workflow runs the job ${quote(name)}${placeName(document)}`;
      report({ path, at: 'key', message, help: 'add it to a workflow, or remove it' });
    }
  },
};
