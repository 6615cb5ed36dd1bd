import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { findMistake } from './support/command-line.js';
import { generateText } from './support/generate.js';
import { readText } from './support/golden.js';
import { documents, readPage } from './support/page.js';

const pages = documents.map(readPage);

const headings = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

t.test('every link leads somewhere', async (t) => {
  for (const { path, text } of pages) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : join(dirname(path), file);
      t.ok(existsSync(to), `${path}: ${target}`);
      if (anchor !== undefined)
        t.ok(headings(readText(to) ?? '').includes(anchor), `${path}: ${target} has its heading`);
    }
  }
});

t.test('every spec that a page shows is a good one', async (t) => {
  const base = JSON.stringify({
    jobs: Object.fromEntries(
      ['unit', 'lint', 'test', 'integration'].map((job) => [job, { docker: [{ image: 'x' }], steps: ['checkout'] }]),
    ),
  });
  let shown = 0;
  for (const { path, blocks } of pages.filter((page) => page.path !== 'docs/diagnostics.md')) {
    for (const { text } of blocks.filter((block) => /^version: 1$/m.test(block.text))) {
      shown += 1;
      const made = generateText(text, base);
      t.ok(made.ok || /FILL IN/.test(text), `${path}: ${made.ok ? 'generates' : made.error}`);
    }
  }
  t.ok(shown >= 1, 'there are some');
});

t.test('the lines for each registry are good ones', async (t) => {
  const text = readText('docs/registries.md') ?? '';
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  t.ok(blocks.length >= 6, 'there is one for each');
  const environment = '{ branch: main, kubernetes: { kubeconfig: K, namespace: shop, workloads: [deployment/web] } }';
  for (const block of blocks) {
    const rest = /^environments:/m.test(block) ? '' : `environments: { staging: ${environment} }\n`;
    const made = generateText(`version: 1\n${block}${rest}`, undefined);
    t.ok(made.ok, made.ok ? block : made.error);
  }
});

t.test('every block of YAML and JSON can be read', async (t) => {
  for (const { path, blocks } of pages.filter((page) => page.path !== 'docs/diagnostics.md')) {
    for (const { language, text } of blocks) {
      // Part of a list, out of a file that the page names.
      if (/^ +- /.test(text)) continue;
      const read = () => {
        if (language === 'json') JSON.parse(text);
        if (language === 'yaml') for (const one of text.split(/^---$/m)) load(one);
      };
      t.doesNotThrow(read, `${path}: ${text.slice(0, 60)}`);
    }
  }
});

t.test('what a page prints is run, or is made from what was run', async (t) => {
  for (const { path, blocks } of pages) {
    for (const { language, text } of blocks) {
      // docs-commands.test.ts runs console, and looks at what sh calls.
      t.match(language, /^(?:yaml|json|js|sh|console|diff|text)$/, `${path}: ${text.slice(0, 40)}`);
      // docs/diagnostics.md is made from the golden cases.
      if (path !== 'docs/diagnostics.md' && language === 'text')
        t.notMatch(text, /^(?:gen-config|build-once|wrote|\.circleci)/m, `${path}: a text block is a picture`);
    }
  }
});

t.test('every command that a page names is there', async (t) => {
  const scripts = Object.keys(JSON.parse(readText('package.json') ?? '').scripts);
  for (const { path, text } of pages) {
    for (const [, line = ''] of text.matchAll(/`((?:npx gen-config|gen-config|build-once|npm run) [^`<]+)`/g))
      if (!path.startsWith('examples/')) t.equal(findMistake(line, scripts), undefined, `${path}: ${line}`);
  }
});
