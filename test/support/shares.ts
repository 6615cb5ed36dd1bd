import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Loads the tests of one share into this process: of all test files every nth, where n is how many shares there are. A
 * process for each file would spend more on loading tap than most files spend on their tests.
 */
export async function loadShare(url: string): Promise<void> {
  const share = fileURLToPath(url);
  const shares = testsIn(dirname(share));
  const top = join(dirname(share), '..');
  const files = testsIn(top).filter((file) => !/^(?:shares|e2e)\//.test(file));
  const mine = files.filter((_, index) => index % shares.length === shares.indexOf(basename(share)));
  for (const file of mine) await import(pathToFileURL(join(top, file)).href);
}

function testsIn(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.js')).sort();
}
