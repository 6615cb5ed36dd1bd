import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const missingTestResults: Rule = {
  name: 'missing-test-results',
  group: 'meaning',
  weight: 'off',
  summary: 'A job with "test" in its name that stores no test results.',
  why: 'CircleCI then shows no failed tests, finds no flaky ones, and cannot split tests by their times. Not every such job has results, so this is told only when it is asked for.',
  source: 'https://circleci.com/docs/guides/test/collect-test-data/',
  check: ({ model, written }, report) => {
    const names = new Map(written.definitions.map(({ kind, name, path }) => [`${kind}/${name}`, path]));
    for (const { reference, job, kind } of model.workflows.flatMap(({ jobs }) => jobs)) {
      const path = names.get(`jobs/${reference}`);
      if (path === undefined || kind !== 'build' || !/test/i.test(reference)) continue;
      if (job?.steps.some(({ name, opaque }) => name === 'store_test_results' || opaque) !== false) continue;
      names.delete(`jobs/${reference}`);
      const message = `the job ${quote(reference)} stores no test results`;
      report({ path, at: 'key', message, help: 'add the step "store_test_results: { path: ... }"' });
    }
  },
};
