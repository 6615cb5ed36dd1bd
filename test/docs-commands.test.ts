import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findMistake } from './support/command-line.js';
import { type Session, startSession } from './support/console.js';
import { readText } from './support/golden.js';
import { type Block, documents, type Page, readPage, replaceBlocks } from './support/page.js';

/*
 * Pages are run from top to bottom. A comment before a fenced block says what the block is:
 *
 *   <!-- in: examples/shop -->     from here on in a copy of that folder, or of a shape of test/fixtures-init
 *   <!-- in: a new folder -->
 *   <!-- file: PATH -->            the reader writes this text to that file, and so does the test
 *   <!-- shows: PATH -->           the text of a file, or some of its lines in a row
 *
 * A block of the language `diff` is a change that the reader makes. One of `console` has commands behind `$ ` and what they print. With UPDATE_GOLDEN=1 what is printed,
 * and what `shows` shows whole, is written into the page.
 */

const scripts = Object.keys(JSON.parse(readText('package.json') ?? '').scripts);
/** What a block of the language `sh` may call: commands without output, for a reader to type. */
const PROGRAMS = /^(?:npm|npx|gen-config|build-once|git|aws|gcloud|kubectl|docker|createdb|export|cd|PORT=\d+ npm)\b/;

for (const path of documents) {
  const page = readPage(path);
  t.test(path, async (t) => {
    const found = runPage(page, t);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, replaceBlocks(page, found));
    else for (const [block, text] of found) t.equal(block.text, text, 'what is shown is what is there');
    for (const { language, text } of page.blocks) {
      if (language !== 'sh') continue;
      const lines = text.replaceAll('\\\n', ' ').split('\n');
      for (const line of lines.map((one) => one.replace(/#.*/, '').trim()).filter((one) => one !== '')) {
        t.match(line, PROGRAMS, 'is a command');
        t.equal(path.startsWith('examples/') ? undefined : findMistake(line, scripts), undefined, line);
      }
    }
  });
}

/** Follows a page; every block that shows something, with what it should show. */
function runPage(page: Page, t: Test): ReadonlyMap<Block, string> {
  const found = new Map<Block, string>();
  let session: Session | undefined;
  for (const block of page.blocks) {
    const { notes, language } = block;
    if (notes['in'] !== undefined) session = startSession(t, notes['in'] === 'a new folder' ? undefined : notes['in']);
    if (session === undefined) {
      if (Object.keys(notes).length > 0 || language === 'console') t.fail(`in which folder?\n${block.text}`);
    } else if (notes['file'] !== undefined) {
      session.write(notes['file'], block.text);
    } else if (notes['shows'] !== undefined) {
      const text = readText(join(session.folder, notes['shows'])) ?? '';
      found.set(block, text.includes(block.text) ? block.text : text);
    } else if (language === 'diff') {
      session.write('../change.diff', block.text);
      t.equal(session.run('git apply ../change.diff'), '', 'the change can be made');
    } else if (language === 'console') {
      found.set(block, runBlock(block, session, t));
    }
  }
  return found;
}

/** The commands of a block, each with what it prints. */
function runBlock({ text }: Block, session: Session, t: Test): string {
  const commands = [...text.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command);
  t.ok(commands.length > 0 && text.startsWith('$ '), 'begins with a command');
  return commands
    .map((command) => {
      t.equal(findMistake(command.replaceAll('\\\n', ' '), scripts), undefined, command);
      return `$ ${command}\n${session.run(command)}`;
    })
    .join('');
}
