import { quote } from '../../../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf } from '../../../../yaml/mapping.js';
import { compileConfig } from '../../compile.js';
import { rangeOf } from '../../locate.js';
import type { Rule } from '../rule.js';

export const wrongExample: Rule = {
  name: 'wrong-example',
  group: 'meaning',
  weight: 'warning',
  summary: 'An example of an orb that does not compile with the orb as it is.',
  why: 'The registry shows examples as they are written, and does not try them: whoever copies this one gets a config that CircleCI refuses.',
  source: 'https://circleci.com/docs/orbs/author/orbs-best-practices/',
  check: ({ isOrb, config, model, shape }, report) => {
    const usages = isOrb ? usagesOf(config) : [];
    const self = findSelf(usages);
    for (const { name, usage } of usages) {
      const path = ['examples', name, 'usage'];
      // What has a wrong shape is told as that.
      if (shape.some((problem) => path.every((key, index) => problem.path[index] === key))) continue;
      const imported = Object.values(mappingOf(usage['orbs'])).filter((one) => nameOf(one) === self);
      const orbs = Object.fromEntries(imported.map((reference) => [String(reference), model.source]));
      const source = { ...model.source, value: usage };
      const { problems } = compileConfig(source, { orbs, unused: true });
      for (const problem of problems) {
        // What is wrong in the orb is told where it stands.
        if (problem.source !== source) continue;
        const range = rangeOf({ ...problem, source: model.source, path: [...path, ...problem.path] });
        report({ range, message: `the example ${quote(name)}: ${problem.message}` });
      }
    }
  },
};

interface Usage {
  readonly name: string;
  readonly usage: Mapping;
}

function usagesOf(config: Mapping): readonly Usage[] {
  return Object.entries(mappingOf(config['examples'])).flatMap(([name, example]) => {
    const { usage } = mappingOf(example);
    return isMapping(usage) ? [{ name, usage }] : [];
  });
}

/** An orb's source does not say what it is called; it is the one orb that all of its examples import. */
function findSelf(usages: readonly Usage[]): string | undefined {
  const [first = [], ...others] = usages.map(({ usage }) => Object.values(mappingOf(usage['orbs'])).map(nameOf));
  const common = first.filter((name) => name !== undefined && others.every((names) => names.includes(name)));
  return common.length === 1 ? common[0] : undefined;
}

/** `acme/shop` of `acme/shop@1.2.3`. */
function nameOf(reference: unknown): string | undefined {
  return typeof reference === 'string' ? /^([\w-]+\/[\w-]+)@/.exec(reference)?.[1] : undefined;
}
