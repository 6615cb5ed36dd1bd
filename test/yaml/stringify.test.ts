import { dump, load } from 'js-yaml';
import t from 'tap';
import { stringifyYaml } from '../../src/yaml/stringify.js';
import { HOSTILE } from '../support/hostile.js';

/** What js-yaml itself writes in the same style. */
function reference(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Pieces of which texts are made that are ordinary but for one thing, or not at all. */
const PIECES = 'a Z y no null 1 0 . - : # , & * ! | > % @ ` " \' { } [ ] ( ) < << = ? ~ / \\ $ _ + ^ é \t'.split(' ');
const SPACES = ['', '', ' ', ' ', '\n', '  ', '\n  ', ': '];

function textOf(pick: (below: number) => number): string {
  const one = <T>(list: readonly T[]) => list[pick(list.length)] as T;
  if (pick(6) === 0) return one(HOSTILE);
  return Array.from({ length: pick(5) }, () => one(PIECES) + one(SPACES)).join('');
}

function anything(pick: (below: number) => number, depth: number): unknown {
  const kind = pick(depth > 5 ? 5 : 9);
  if (kind === 0) return [true, false, null, 0, -0, 2.1, 1e21, -17][pick(8)];
  if (kind < 5) return textOf(pick);
  const size = pick(4);
  if (kind < 7) return Array.from({ length: size }, () => anything(pick, depth + 1));
  return Object.fromEntries(Array.from({ length: size }, () => [textOf(pick), anything(pick, depth + 1)]));
}

/** Whether there is a text that ends in empty lines. */
function hasEmptyLines(value: unknown): boolean {
  if (typeof value === 'string') return /(?:^|\n)\n$/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasEmptyLines);
}

t.test('every value is written as js-yaml writes it', async (t) => {
  let compared = 0;
  for (let seed = 0; seed < 3_000; seed++) {
    const pick = numbers(seed);
    const value = { first: anything(pick, 0), [textOf(pick)]: anything(pick, 0) };
    const text = stringifyYaml(value);
    const bare = JSON.parse(JSON.stringify(value)) as unknown;
    if (JSON.stringify(load(text)) !== JSON.stringify(bare))
      t.strictSame(load(text), bare, `seed ${seed} reads the same`);
    if (hasEmptyLines(value)) continue;
    compared++;
    if (text !== reference(value)) t.equal(text, reference(value), `seed ${seed}`);
  }
  t.ok(compared > 1_000, `${compared} compared`);
});

t.test('a text that ends in empty lines does not take in those that follow it', async (t) => {
  const value = { first: 'a\n\n', lines: ['\n', { deep: 'b\nc\n\n\n' }] };
  t.equal(stringifyYaml(value), 'first: "a\\n\\n"\nlines:\n  - "\\n"\n  - deep: "b\\nc\\n\\n\\n"\n');
});

t.test('undefined members are left out', async (t) => {
  t.equal(stringifyYaml({ a: undefined, b: [{ c: undefined }], d: {} }), 'b:\n  - {}\nd: {}\n');
});
