import { mappingOf } from '../yaml/mapping.js';
import { hooksOf } from './hooks.js';
import type { CheckedPart } from './names.js';
import { strings } from './strings.js';
import { testsOf } from './tests.js';

/** Different contexts that one config may name (configuration reference, "context"). */
const MOST = 100;

/** Checks that the config does not name more contexts than CircleCI takes; told at the first that is too many. */
export function checkContexts(parts: readonly CheckedPart[]): void {
  const uses = parts.flatMap(({ spec, environments, report }) => [
    ...testsOf(spec['test']).map(({ path, context }) => ({ report, path, contexts: context })),
    { report, path: ['image', 'context'], contexts: strings(mappingOf(spec['image'])['context']) },
    ...environments.flatMap(({ name, value }) => [
      { report, path: ['environments', name, 'context'], contexts: strings(value['context']) },
      ...hooksOf(name, value).map(({ path, context }) => ({ report, path, contexts: context })),
    ]),
  ]);
  const all = new Set(uses.flatMap(({ contexts }) => contexts));
  if (all.size <= MOST) return;
  const seen = new Set<string>();
  const first = uses.find(({ contexts }) => {
    for (const context of contexts) seen.add(context);
    return seen.size > MOST;
  });
  const message = `the jobs have ${all.size} different contexts, and CircleCI takes at most ${MOST} in one config`;
  first?.report('too-many-contexts', first.path, message, { help: 'let environments share contexts' });
}
