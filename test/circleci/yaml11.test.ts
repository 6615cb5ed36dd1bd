import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, dump, load, YAML11_SCHEMA } from 'js-yaml';
import t from 'tap';
import { stringifyYaml } from '../../src/yaml/stringify.js';
import { goldenCases, readText } from '../support/golden.js';
import { findSurprises } from '../support/yaml11.js';

/** What a person writes and YAML 1.1 reads as something else. */
const WORDS =
  'y Y n N yes Yes YES no No NO on On ON off Off OFF 12:30 190:20:30.15 017 0b101 1_000 0x1_F 1_0.5 2025-01-01 2025-1-1T10:00:00Z ~ = <<'.split(
    ' ',
  );

t.test('the list of surprises has what it must have', async (t) => {
  for (const word of WORDS) {
    t.equal(findSurprises(`key: ${word}\n`).length, 1, `${word} as a value`);
    t.equal(findSurprises(`- ${word}\n`).length, 1, `${word} as an item`);
    t.equal(findSurprises(`? ${word}\n: value\n`).length, 1, `${word} as a key`);
    for (const quoted of [`"${word}"`, `'${word}'`]) t.strictSame(findSurprises(`key: ${quoted}\n`), [], quoted);
    t.strictSame(findSurprises(stringifyYaml({ [word]: [word] })), [], `${word} is quoted when it is written`);
  }
  for (const word of ['yesterday', 'one', '12:3x', '17', '0x1F', '1.5', '2025-01-01.md', '~x', '==', 'true', 'null'])
    t.strictSame(findSurprises(`key: ${word}\n`), [], `${word} is the same in both`);
  t.strictSame(findSurprises(dump(WORDS)), []);
});

t.test('what is written reads the same in YAML 1.1 and 1.2', async (t) => {
  const goldens = goldenCases('config').map(({ name, read }) => ({ path: name, text: read('config.yml') ?? '' }));
  t.ok(goldens.length >= 40, `${goldens.length} golden configs`);
  const emitted = ['generated', 'orb']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((path) => path.endsWith('.yml'))
    .map((path) => ({ path, text: readText(path) ?? '' }));
  for (const { path, text } of [...goldens, ...emitted]) {
    t.strictSame(findSurprises(text), [], path);
    const [in11, in12] = [load(text, { schema: YAML11_SCHEMA }), load(text, { schema: CORE_SCHEMA })];
    t.equal(JSON.stringify(in11), JSON.stringify(in12), `${path} for another reader`);
  }
});
