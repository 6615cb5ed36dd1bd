import { quote } from '../../../../diagnostic/quote.js';
import type { Path } from '../../../../yaml/parse.js';
import type { Rule } from '../rule.js';
import { isExported, namesOf, placeName, usedTexts } from './usage.js';

export const unusedExecutor: Rule = {
  name: 'unused-executor',
  group: 'meaning',
  weight: 'warning',
  summary: 'An executor that no job runs on.',
  why: 'It is kept working by nobody, and jobs that were to share it have a machine of their own.',
  source: 'https://circleci.com/docs/reference/reusing-config/#authoring-reusable-executors',
  check: ({ written, isOrb }, report) => {
    const used = usedTexts(written);
    if (written.texts.some(({ text, path }) => isExecutorName(path) && isPartly(text))) return;
    for (const definition of written.definitions) {
      const { kind, name, path, document } = definition;
      if (kind !== 'executors' || isExported(definition, isOrb) || namesOf(definition).some((one) => used.has(one)))
        continue;
      const message = `no job runs on the executor ${quote(name)}${placeName(document)}`;
      report({ path, at: 'key', message, help: 'name it as the "executor" of a job, or remove it' });
    }
  },
};

/** `executor: NAME`, or the `name` below it where it has parameters. */
function isExecutorName(path: Path): boolean {
  return path.at(-1) === 'executor' || (path.at(-1) === 'name' && path.at(-2) === 'executor');
}

/** Whether a name is put together from text and parameters, `linux-<< parameters.size >>`. */
function isPartly(text: string): boolean {
  return text.includes('<<') && !/^\s*<<[^<>]*>>\s*$/.test(text);
}
