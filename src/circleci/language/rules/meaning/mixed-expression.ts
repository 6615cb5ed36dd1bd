import { quote } from '../../../../diagnostic/quote.js';
import { conditionTexts } from '../../written/conditions.js';
import { findTags } from '../../written/references.js';
import type { Rule } from '../rule.js';

export const mixedExpression: Rule = {
  name: 'mixed-expression',
  group: 'meaning',
  weight: 'warning',
  summary: 'A condition that is partly inside and partly outside of "<< >>".',
  why: 'What is inside is replaced by its value first, and the whole is then a text that is not empty, which is true: the workflow or the steps always run.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#using-when-in-workflows',
  check: ({ written }, report) => {
    for (const { kind, text, path } of conditionTexts(written)) {
      const outside = findTags(text).reduceRight(
        (rest, { start, end }) => rest.slice(0, start) + rest.slice(end),
        text,
      );
      if (outside === text || !OPERATOR.test(outside)) continue;
      // In filters CircleCI refuses it.
      if (kind === 'filter') continue;
      const message = `${quote(text.trim())} is a text, which is always true: the comparison is not made`;
      const help = path.includes('condition')
        ? 'write it as a logic statement, "equal: [A, B]"'
        : 'write all of it without "<<" and ">>"';
      report({ path, message, help });
    }
  },
};

const OPERATOR = /[=!]=|[<>]|(?:^|\s)(?:and|or|not|starts-with|matches|contains)(?:\s|$)/;
