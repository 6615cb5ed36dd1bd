import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';
import { hasComputedNames, isExported, namesOf, placeName } from './usage.js';

export const unusedCommand: Rule = {
  name: 'unused-command',
  group: 'meaning',
  weight: 'warning',
  summary: 'A command that no step calls.',
  why: 'It is kept working by nobody and looks as if it did something. Mostly a step was to call it.',
  source: 'https://circleci.com/docs/reference/reusing-config/#authoring-reusable-commands',
  check: ({ written, isOrb }, report) => {
    const used = new Set(written.steps.map(({ name }) => name));
    if (hasComputedNames(used)) return;
    for (const document of written.documents) {
      for (const value of Object.values(mappingOf(document.value['commands'])))
        if (typeof value === 'string') used.add(value);
    }
    for (const definition of written.definitions) {
      const { kind, name, path, document } = definition;
      if (kind !== 'commands' || isExported(definition, isOrb) || namesOf(definition).some((one) => used.has(one)))
        continue;
      const message = `no step calls the command ${quote(name)}${placeName(document)}`;
      report({ path, at: 'key', message, help: 'call it in a job, or remove it' });
    }
  },
};
