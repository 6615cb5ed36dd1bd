import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const parameterName: Rule = {
  name: 'parameter-name',
  group: 'meaning',
  weight: 'warning',
  summary: 'A parameter whose name cannot be used in an expression.',
  why: 'Names of parameters start with a letter and go on with letters, digits, "-" and "_". Another name is put into text, and in an expression it is an error.',
  source: 'https://circleci.com/docs/reference/reusing-config/#using-the-parameters-declaration',
  check: ({ config, written }, report) => {
    const owners = [...written.definitions.map(({ path, value }) => ({ path, value })), { path: [], value: config }];
    for (const { path, value } of owners) {
      for (const name of Object.keys(mappingOf(value['parameters']))) {
        if (NAME.test(name)) continue;
        report({
          path: [...path, 'parameters', name],
          at: 'key',
          message: `the parameter ${quote(name)} cannot be used in an expression`,
          help: 'start with a letter, and go on with letters, digits, "-" and "_"',
        });
      }
    }
  },
};

const NAME = /^[A-Za-z][\w-]*(?:\.[\w-]+)*$/;
