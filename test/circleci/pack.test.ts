import { join } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { makeOrb } from '../../src/circleci/orb/orb.js';
import { packOrb } from '../../src/circleci/orb/pack.js';
import { packYaml } from '../../src/circleci/orb/pack-yaml.js';
import { RELEASE } from '../support/generate.js';
import { readText } from '../support/golden.js';
import { packTree } from '../support/pack-tree.js';

t.test('what is hard to quote is written as gopkg.in/yaml.v3 3.0.1 writes it', async (t) => {
  // hard.yml is what that library, with an indent of 4, makes of hard.json. It is not written by UPDATE_GOLDEN.
  const hard = JSON.parse(readText('test/golden/pack/hard.json') ?? '') as { readonly strings: readonly string[] };
  const expected = readText('test/golden/pack/hard.yml') ?? '';
  t.equal(packYaml(hard), expected);
  t.strictSame((load(expected) as typeof hard).strings, hard.strings, 'and reads as what it was');
  for (const text of ['\u0007', '\u2028', '🚀', '\nx', ' x\ny']) {
    t.throws(() => packYaml({ text }), { message: /cannot be packed/ }, encodeURIComponent(text));
  }
});

t.test('generated/orb.yml is, byte for byte, what orb/ packs to', async (t) => {
  t.equal(packYaml(packTree('orb')), readText('generated/orb.yml'));
});

t.test('a tree is packed by its rules', async (t) => {
  const top = t.testdir({
    '@orb.yml': 'version: 2.1\ndescription: d\n',
    'more.yml': 'display: {home_url: u}\n',
    '.hidden.yml': 'x: 1\n',
    'README.md': '# x\n',
    commands: {
      'one.yml': 'steps: [{run: {name: n, command: <<include(scripts/one.sh)>>}}]\n',
      deeper: { 'two.yml': 'steps: []\n' },
    },
    examples: { 'use.yml': 'usage: {x: <<include(scripts/one.sh)>>}\n' },
    scripts: { 'one.sh': 'cat <<EOF\nx\nEOF\n' },
  });
  t.strictSame(packTree(top), {
    version: 2.1,
    description: 'd',
    display: { home_url: 'u' },
    commands: {
      one: { steps: [{ run: { name: 'n', command: 'cat \\<<EOF\nx\nEOF\n' } }] },
      two: { steps: [] },
    },
    examples: { use: { usage: { x: '<<include(scripts/one.sh)>>' } } },
  });
  const twice = t.testdir({ '@orb.yml': 'version: 2.1\n', jobs: { 'a.yml': 'x: 1\n', b: { 'a.yml': 'x: 2\n' } } });
  t.throws(() => packTree(twice), /two files/);
  t.throws(() => packTree(join(top, 'nowhere')));
});

t.test('a here-document in a script reaches CircleCI escaped', async (t) => {
  const orb = makeOrb(RELEASE);
  const step = { run: { name: 'Write', command: 'cat <<EOF\nx\nEOF\n' } };
  const packed = packOrb({ ...orb, commands: { write: { description: 'd', steps: [step] } } });
  t.match(packed, 'cat \\<<EOF');
  t.match(packOrb(orb), '<< parameters.repository >>', 'and a parameter as it is');
});
