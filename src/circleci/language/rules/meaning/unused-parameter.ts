import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import { findTags } from '../../written/references.js';
import type { Rule } from '../rule.js';

export const unusedParameter: Rule = {
  name: 'unused-parameter',
  group: 'meaning',
  weight: 'warning',
  summary: 'A parameter that is declared and not used.',
  why: 'Whoever sets it believes that it changes something.',
  source: 'https://circleci.com/docs/reference/reusing-config/#using-the-parameters-declaration',
  check: ({ written }, report) => {
    const names = new Map<string, Set<string>>();
    for (const { text, scope } of written.texts) {
      if (scope.kind !== 'definition' || !text.includes('parameters.')) continue;
      const key = scope.definition.path.join('/');
      const known = names.get(key) ?? new Set();
      names.set(key, known);
      for (const { body } of findTags(text)) for (const [, name = ''] of body.matchAll(PARAMETER)) known.add(name);
    }
    for (const { kind, name: owner, path, value } of written.definitions) {
      const what = KINDS[kind];
      for (const name of Object.keys(mappingOf(value['parameters']))) {
        if (what === undefined || names.get(path.join('/'))?.has(name) === true) continue;
        const message = `the ${what} ${quote(owner)} does not use its parameter ${quote(name)}`;
        report({ path: [...path, 'parameters', name], at: 'key', message, help: 'use it, or remove it' });
      }
    }
  },
};

const PARAMETER = /(?<![\w.-])parameters\.([\w-]+(?:\.[\w-]+)*)/g;

const KINDS: Readonly<Record<string, string>> = { commands: 'command', jobs: 'job', executors: 'executor' };
