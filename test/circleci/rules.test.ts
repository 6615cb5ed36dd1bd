import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { rules } from '../../src/circleci/language/rules/list.js';
import { codeOf } from '../../src/circleci/language/rules/rule.js';
import { validateConfig } from '../../src/circleci/language/rules/validate.js';
import { formatHuman } from '../../src/diagnostic/format-human.js';
import { goldenCases, goldenText, readText } from '../support/golden.js';

const FILE = '.circleci/config.yml';

t.test('every rule finds what its bad example says, and nothing in its good one', async (t) => {
  const cases = new Map(goldenCases('rules').map((one) => [one.name, one]));
  t.strictSame([...cases.keys()], rules.map(({ name }) => name).sort(), 'each has a case, and no other');
  for (const rule of rules) {
    const read = cases.get(rule.name)?.read;
    const [bad, good] = [read?.('bad.yml') ?? '', read?.('good.yml') ?? ''];
    // A rule that is off is turned on by its own example.
    const options = rule.weight === 'off' ? { weights: { [rule.name]: 'warning' } as const } : {};
    const found = validateConfig(bad, FILE, options);
    const said = formatHuman(found, { [FILE]: bad });
    t.equal(said, goldenText(`rules/${rule.name}/expected.txt`, said), `${rule.name}: what is said`);
    const codes = [...new Set(found.map(({ code }) => code))];
    t.strictSame(codes, [codeOf(rule)], `${rule.name}: nothing else is found in its bad example`);
    t.strictSame(validateConfig(good, FILE, options), [], `${rule.name}: the good example is good`);
  }
});

t.test('what CircleCI takes is not refused', async (t) => {
  for (const name of readdirSync('test/golden/accepted')) {
    const text = readText(join('test/golden/accepted', name)) ?? '';
    t.equal(formatHuman(validateConfig(text, name), { [name]: text }), '', name);
  }
});

t.test('every rule says what it is about', async (t) => {
  t.ok(rules.length >= 70, `${rules.length} rules`);
  t.equal(new Set(rules.map(({ name }) => name)).size, rules.length, 'each has a name of its own');
  for (const { name, summary, why, source } of rules) {
    t.match(name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    t.match(summary, /^[A-Z].*\.$/, `${name}: the summary is a sentence`);
    t.ok(why.length > 20 && why.endsWith('.'), `${name}: why`);
    t.match(source ?? 'https://', /^https:\/\//, `${name}: its source`);
  }
});

/** What a base brings along is its owner's. */
const THEIRS: Readonly<Record<string, Readonly<Record<string, 'off'>>>> = {
  // Strange on purpose.
  'odd-names': { 'definition-name': 'off' },
  // A release that is approved after 15 days ends at the workspace, and is tagged anew.
  '.circleci/config.yml': { 'workspace-after-approval': 'off' },
};

t.test('what gen-config writes is free of findings', async (t) => {
  const texts = goldenCases('config').flatMap(({ name, read }) =>
    ['config.yml', 'continue-config.yml'].flatMap((file) => {
      const text = read(file);
      return text === undefined ? [] : [[name, text, `.circleci/${file}`] as const];
    }),
  );
  for (const path of ['generated/shop.config.yml', 'generated/orb.yml', '.circleci/config.yml']) {
    texts.push([path, readText(path) ?? '', FILE]);
  }
  for (const [name, text, file] of texts) {
    const weights = THEIRS[name] ?? {};
    t.equal(formatHuman(validateConfig(text, file, { weights }), { [file]: text }), '', name);
  }
});
