import { quote } from '../../../../diagnostic/quote.js';
import { suggest } from '../../../../diagnostic/suggest.js';
import { isPipelineValue, PIPELINE_VALUES } from '../../../../expressions/pipeline-values.js';
import { pipelineNames } from '../../written/pipeline-names.js';
import type { Rule } from '../rule.js';

export const unknownPipelineValue: Rule = {
  name: 'unknown-pipeline-value',
  group: 'meaning',
  weight: 'warning',
  summary: 'A pipeline value that CircleCI does not have.',
  why: 'It is replaced by nothing, so a condition with it is never true and a text with it has a hole.',
  source: 'https://circleci.com/docs/guides/orchestrate/pipeline-variables/',
  check: ({ written }, report) => {
    for (const { name, path } of pipelineNames(written)) {
      if (isPipelineValue(name)) continue;
      const near = suggest(name, PIPELINE_VALUES);
      const help = near === undefined ? undefined : `did you mean ${quote(near)}?`;
      report({ path, message: `there is no pipeline value ${quote(name)}`, ...(help === undefined ? {} : { help }) });
    }
  },
};
