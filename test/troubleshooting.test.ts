import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readText } from './support/golden.js';

/*
 * Holds docs/troubleshooting.md to the sources: every failure that is not wrong usage has a row whose words are in it, and
 * every row has a failure. "…" stands for what varies, in the page and for a `${...}` of the source.
 */

const page = readText('docs/troubleshooting.md') ?? '';
const diagnostics = readText('docs/diagnostics.md') ?? '';

const sources = (folder: string) =>
  readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: join('src', folder, path), text: readFileSync(join('src', folder, path), 'utf8') }));

/** The text of a string or template that begins here; `…` for each `${...}`. */
function readLiteral(text: string, start: number): string {
  const quote = text.charAt(start);
  let found = '';
  for (let at = start + 1; at < text.length && text.charAt(at) !== quote; at++) {
    if (text.charAt(at) === '\\') at += 1;
    if (quote === '`' && text.startsWith('${', at)) {
      for (let depth = 0; ; at++) {
        if (text.charAt(at) === '{') depth += 1;
        if (text.charAt(at) === '}' && --depth === 0) break;
      }
      found += '…';
    } else found += text.charAt(at);
  }
  return found;
}

/** What is no failure of its own: the words of others go through, or it is made of rows that are there. */
const THROUGH = new Set(['… failed: …']);

/** The causes of failures that a source can give. */
function causesIn(text: string): readonly string[] {
  const starts = [
    ...text.matchAll(/(code: 2,\s*)?\b(?:cause: |refuse\((?:source, )?\s*|(?:kind: '[\w-]+', )message: )(?=[`'])/g),
  ];
  return starts
    .filter(([, usage]) => usage === undefined)
    .map(({ index, 0: before }) => readLiteral(text, index + before.length))
    .filter((cause) => !THROUGH.has(cause) && /[a-z]{2}/.test(cause));
}

/** The sentences of a source that describes errors. */
function describedIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:return|\?|:) (?=`)/g)]
    .map(({ index, 0: before }) => readLiteral(text, index + before.length))
    .filter((sentence) => /[a-z]{2}/.test(sentence));
}

const causes = [
  ...['commands', 'aws', 'google', 'kubernetes', 'io', 'cli/status'].flatMap(sources).flatMap(({ path, text }) =>
    // What is wrong with the options of a build is wrong usage.
    path.endsWith('build-image/inputs.ts')
      ? causesIn(text).filter((cause) => !cause.startsWith('--') && !cause.startsWith('item '))
      : causesIn(text),
  ),
  ...describedIn(readText('src/registry/error.ts') ?? ''),
];

/** The first column of the tables that begin with "what it says". */
const rows = [...page.matchAll(/^\| what it says .*\n\|[-|]+\n((?:\|.*\n)+)/gm)]
  .flatMap(([, table = '']) => table.trim().split('\n'))
  .flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, words = '']) => words));

const pattern = (words: string) =>
  new RegExp(
    `^${words
      .split('…')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}`,
  );

t.test('every failure has a row', async (t) => {
  t.ok(causes.length > 60, `${causes.length} failures are found`);
  t.ok(rows.length > 60, `${rows.length} rows are found`);
  const patterns = rows.map(pattern);
  for (const cause of new Set(causes))
    t.ok(
      patterns.some((one) => one.test(cause)),
      cause,
    );
});

t.test('every row has a failure', async (t) => {
  // Failures that are put together from several texts, so that no source has them whole.
  const all = ['commands', 'aws', 'google', 'kubernetes', 'registry', 'io', 'cli/status']
    .flatMap(sources)
    .map(({ text }) => text)
    .concat(readText('src/circleci/orb/install-script.ts') ?? '')
    .join('\n');
  for (const words of rows) {
    const longest = words.split('…').reduce((one, other) => (other.length > one.length ? other : one));
    t.ok(
      causes.some((cause) => pattern(words).test(cause)) || all.includes(longest.replace(/^[ :]+/, '').trim()),
      words,
    );
  }
});

t.test('every code of a diagnostic is on a page', async (t) => {
  // A rule about configs has a page, docs/rules/NAME.md; several codes of the compiler are one rule.
  const rules = sources('circleci/language/rules').map(({ text }) => text);
  const ofRules = rules.flatMap((text) =>
    [...text.matchAll(/'([a-z0-9-]+)'/g)].map(([, code]) => `\`config/${code}\``),
  );
  const text = `${page}\n${diagnostics}\n${ofRules.join('\n')}`;
  const written = ['spec', 'circleci', 'cli', 'yaml']
    .flatMap(sources)
    .flatMap(({ text }) => [...text.matchAll(/'((?:spec|base|config)\/[a-z-]+)'/g)].map(([, code = '']) => code));
  for (const code of new Set(written)) t.ok(text.includes(`\`${code}\``), code);
  const compiled = sources('circleci/language').flatMap(({ text }) =>
    [...text.matchAll(/\bcode: '([a-z-]+)'/g)].map(([, code = '']) => code),
  );
  // In what is generated these would be bugs, which are thrown.
  const internal = new Set(['same-name', 'cycle', 'unknown-requires', 'unknown-job', 'opaque-orb']);
  for (const code of new Set(compiled.filter((one) => !internal.has(one))))
    t.match(text, new RegExp(`\`(?:base|config)/${code}\``), code);
  for (const family of ['spec/', 'base/', 'config/']) t.match(page, `\`${family}`);
});
