import { quote } from '../../../../diagnostic/quote.js';
import { findReplacement } from '../../../../expressions/pipeline-values.js';
import { pipelineNames } from '../../written/pipeline-names.js';
import type { Rule } from '../rule.js';

export const deprecatedPipelineValue: Rule = {
  name: 'deprecated-pipeline-value',
  group: 'meaning',
  weight: 'warning',
  summary: 'A pipeline value that ends.',
  why: 'CircleCI does not promise it after its date. Then it is replaced by nothing, and a condition with it is never true.',
  source: 'https://circleci.com/docs/guides/orchestrate/pipeline-variables/',
  check: ({ written }, report) => {
    for (const { name, path } of pipelineNames(written)) {
      const replacement = findReplacement(name);
      if (replacement === undefined) continue;
      report({ path, message: `${quote(name)} is deprecated since ${replacement.since}`, help: replacement.instead });
    }
  },
};
