import { stringifyYaml } from '../../../../yaml/stringify.js';
import { findTooLarge } from '../../limits.js';
import { compiledConfig } from '../../output.js';
import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const tooLarge: Rule = {
  name: 'too-large',
  group: 'meaning',
  weight: 'error',
  summary: 'A config that becomes larger than CircleCI takes.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. The most is 8 MB after everything is put in its place.',
  source: 'https://support.circleci.com/hc/en-us/articles/360045043634',
  check: (subject, report) => {
    fromCompiler('too-large')(subject, report);
    if (subject.model.problems.length > 0) return;
    const compiled = compiledConfig(subject.model);
    // YAML is at most a few times as long as JSON, and takes far longer to write.
    if (JSON.stringify(compiled).length < MAY_BE_TOO_LARGE) return;
    const message = findTooLarge(stringifyYaml(compiled), compiled);
    if (message !== undefined) report({ path: [], at: 'key', message });
  },
};

const MAY_BE_TOO_LARGE = 2 * 1024 * 1024;
