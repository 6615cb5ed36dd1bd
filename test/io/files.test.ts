import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { nodeIo } from '../../src/io/node-io.js';

/** The files of an empty folder. */
function filesOf(t: Test) {
  const cwd = t.testdir({});
  const nowhere = { write: () => {} };
  const io = nodeIo({ env: {}, cwd, stdout: nowhere, stderr: nowhere, signal: new AbortController().signal });
  return { files: io.files, at: (path: string) => join(cwd, path), cwd };
}

t.test('a file that is written again keeps its permissions', async (t) => {
  const { files, at } = filesOf(t);
  for (const mode of [0o755, 0o600, 0o664]) {
    writeFileSync(at('file'), 'old');
    chmodSync(at('file'), mode);
    await files.write('file', 'new');
    t.equal(readFileSync(at('file'), 'utf8'), 'new');
    t.equal(statSync(at('file')).mode & 0o777, mode);
  }
  await files.write('file', 'new', { mode: 0o700 });
  t.equal(statSync(at('file')).mode & 0o777, 0o700);
});

t.test('what a link leads to is written, and made where it is not there', async (t) => {
  const { files, at } = filesOf(t);
  symlinkSync('folder/file', at('link'));
  await files.write('link', 'one');
  await files.write('link', 'two');
  t.ok(lstatSync(at('link')).isSymbolicLink());
  t.equal(readFileSync(at('folder/file'), 'utf8'), 'two');
});

t.test('what cannot be written stays as it is, with nothing beside it', async (t) => {
  const { files, at, cwd } = filesOf(t);
  symlinkSync('other', at('link'));
  symlinkSync('link', at('other'));
  writeFileSync(at('file'), 'old');
  await t.rejects(files.write('link', 'new'), { code: 'ELOOP', path: 'link' });
  await t.rejects(files.write('file/below', 'new'), { code: 'ENOTDIR', path: 'file/below' });
  await t.rejects(files.write('.', 'new'), { code: 'EISDIR', path: '.' });
  t.ok(lstatSync(at('link')).isSymbolicLink());
  t.strictSame(readdirSync(cwd).sort(), ['file', 'link', 'other']);
});
