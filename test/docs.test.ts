import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { verbs } from '../src/cli/verbs.js';
import { verbOf } from '../src/commands/command.js';
import { commands } from '../src/commands/list.js';
import { generateText } from './support/generate.js';
import { readText } from './support/golden.js';

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...readdirSync('docs').map((name) => join('docs', name))]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readText(path) ?? '' }));

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
  let shown = 0;
  for (const { path, text } of pages.filter((page) => page.path !== 'docs/diagnostics.md')) {
    for (const [, block = ''] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      if (!/^version: 1$/m.test(block)) continue;
      shown += 1;
      const base =
        'jobs:\n' +
        ['unit', 'lint', 'integration']
          .map((job) => `  ${job}: { docker: [{ image: x }], steps: [checkout] }\n`)
          .join('');
      const made = generateText(block, base);
      t.ok(made.ok || /FILL IN/.test(block), `${path}: ${made.ok ? 'generates' : made.error}`);
    }
  }
  t.ok(shown >= 1, 'there are some');
});

t.test('every block of YAML and JSON can be read', async (t) => {
  for (const { path, text } of pages.filter((page) => page.path !== 'docs/diagnostics.md')) {
    for (const [, language = '', block = ''] of text.matchAll(/```(yaml|json)\n([\s\S]*?)```/g)) {
      const documents = block.split(/^---$/m);
      const read = () => documents.map((one) => (language === 'json' ? JSON.parse(one) : load(one)));
      t.doesNotThrow(read, `${path}: ${block.slice(0, 60)}`);
    }
  }
});

t.test('every command that a page names is there', async (t) => {
  const known = new Set(verbs.map(({ name }) => name));
  const jobs = new Set(commands.map(verbOf));
  const scripts = Object.keys(JSON.parse(readText('package.json') ?? '').scripts);
  for (const { path, text } of pages) {
    for (const [, verb = ''] of text.matchAll(/npx gen-config(?:@\w+)? ([a-z]+)\b/g))
      t.ok(known.has(verb), `${path}: gen-config ${verb}`);
    for (const [, verb = ''] of text.matchAll(/`build-once ([a-z]+-[a-z]+|deploy)\b/g))
      t.ok(jobs.has(verb), `${path}: build-once ${verb}`);
    for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g))
      t.ok(scripts.includes(script) || path.includes('getting-started'), `${path}: npm run ${script}`);
  }
});
