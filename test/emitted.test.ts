import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { emitFiles } from '../src/cli/emit/files.js';
import { readText } from './support/golden.js';
import { testIo } from './support/test-io.js';

t.test('everything emitted is what its source says', async (t) => {
  const files = await emitFiles(testIo({ cwd: process.cwd() }));
  for (const { path, text } of files) {
    t.ok(readText(path) === text, `${path} is current: npm run emit writes it`);
  }
  const known = new Set(files.map(({ path }) => path));
  for (const folder of ['orb', 'generated', 'man', 'docs/rules']) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) t.ok(known.has(path), `${path} is still emitted`);
    }
  }
});

t.test('the version is said once', async (t) => {
  const { VERSION, SOURCE_URL } = await import('../src/version.js');
  const manifest = JSON.parse(readText('package.json') ?? '');
  t.equal(manifest.version, VERSION);
  t.equal(manifest.homepage, SOURCE_URL);
});
