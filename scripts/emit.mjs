// Writes everything in this repository that is made from its source: orb/, generated/, man/, pages of docs/ and
// .circleci/config.yml. A test compares them (test/emitted.test.ts); after a change of the source run `npm run emit`.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { emitFiles } from '../dist/src/cli/emit/files.js';
import { nodeIo } from '../dist/src/io/node-io.js';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const { env, stdout, stderr } = process;
const io = nodeIo({ env, cwd, stdout, stderr, signal: new AbortController().signal });
const files = await emitFiles(io);
for (const folder of ['orb', 'generated', 'man', 'docs/rules'])
  await rm(`${cwd}/${folder}`, { recursive: true, force: true });
for (const { path, text } of files) await io.files.write(path, text);
console.log(`wrote ${files.length} files`);
