import { quote } from '../../../../diagnostic/quote.js';
import { isMapping, mappingOf } from '../../../../yaml/mapping.js';
import { findTags } from '../../written/references.js';
import type { Written } from '../../written/written.js';
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
    // One declaration can belong to several by an alias or a merge key: what one of them uses is of use.
    const shared = new Set<unknown>();
    for (const { path, value } of written.definitions) {
      const used = names.get(path.join('/'));
      for (const [name, declared] of Object.entries(mappingOf(value['parameters']))) {
        if (isMapping(declared) && used?.has(name) === true) shared.add(declared);
      }
    }
    const ofMatrices = namesOfMatrices(written);
    for (const { kind, name: owner, path, value } of written.definitions) {
      const what = KINDS[kind];
      for (const [name, declared] of Object.entries(mappingOf(value['parameters']))) {
        if (what === undefined || names.get(path.join('/'))?.has(name) === true || shared.has(declared)) continue;
        if (kind === 'jobs' && ofMatrices.has(name)) continue;
        const message = `the ${what} ${quote(owner)} does not use its parameter ${quote(name)}`;
        report({ path: [...path, 'parameters', name], at: 'key', message, help: 'use it, or remove it' });
      }
    }
  },
};

/** Parameters that name the jobs of a matrix, `name: test-<< matrix.os >>`: a job has to declare those. */
function namesOfMatrices({ texts }: Written): ReadonlySet<string> {
  const found = texts.flatMap(({ text }) => (text.includes('matrix.') ? [...text.matchAll(MATRIX)] : []));
  return new Set(found.map(([, name = '']) => name));
}

const MATRIX = /(?<![\w.-])matrix\.([\w-]+)/g;
const PARAMETER = /(?<![\w.-])parameters\.([\w-]+(?:\.[\w-]+)*)/g;

const KINDS: Readonly<Record<string, string>> = { commands: 'command', jobs: 'job', executors: 'executor' };
