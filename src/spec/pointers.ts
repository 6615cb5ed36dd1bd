import { quote } from '../diagnostic/quote.js';
import { mappingOf, own } from '../yaml/mapping.js';
import { TRIGGERS } from './environments.js';
import type { CheckedPart } from './names.js';
import { strings } from './strings.js';

/** What each pointer is made of: the key of an environment, and the word for it. */
const SOURCES = {
  branch: { key: 'branch', what: 'branch' },
  'git-tag': { key: 'tag', what: 'git tag' },
  semver: { key: 'tag', what: 'git tag' },
} as const;

/** Checks that each pointer can move: one that is made of what starts no environment never would. */
export function checkPointers({ spec, places, environments, report }: CheckedPart): void {
  const path = ['image', 'tags'];
  // What services share may be for others of them, and an environment that nothing starts is told of as that.
  if (places.value(path).shared === true) return;
  if (environments.length === 0 || !environments.every(({ value }) => TRIGGERS.some((key) => key in value))) return;
  strings(mappingOf(spec['image'])['tags']).forEach((pointer, index) => {
    const source = own(SOURCES, pointer);
    if (source === undefined || environments.some(({ value }) => value[source.key] !== undefined)) return;
    const message = `${quote(pointer)} is made of a ${source.what}, and no environment follows one`;
    report('pointer', [...path, index], message, {
      help: `take it out, or add an environment with "${source.key}"`,
    });
  });
}
