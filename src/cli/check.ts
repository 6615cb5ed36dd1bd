import { join } from 'node:path';
import { CONFIG_FILE, VENDORED_PROGRAM } from '../circleci/config/files.js';
import type { GeneratedFile } from '../circleci/generate.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { findFirstDifference, sameText, unix } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { formatFor } from './format.js';
import { describeForeign, isForeign } from './generate.js';
import { BASE_FILE, describeFailure, SPEC_FILE } from './project.js';
import { generateFiles } from './project-files.js';
import { describeUnused, findUnused } from './unused.js';

/**
 * `gen-config check`: 0 when the files are what the spec says, 1 with a diff when not, 2 when the spec has problems.
 * Writes nothing.
 * @param options.format `human`, or `json`, `junit` or `sarif` on standard output
 */
export async function check(options: { readonly directory: string; readonly format: string }, io: Io): Promise<number> {
  const files = await generateFiles(options.directory, io);
  const human = options.format === 'human';
  if (!files.ok) {
    if (human || files.error.kind === 'missing') io.stderr.write(describeFailure(files.error));
    else io.stdout.write(await formatFor(options.format, files.error.diagnostics, [SPEC_FILE, BASE_FILE, CONFIG_FILE]));
    return 2;
  }
  const drifts: Drift[] = [];
  for (const file of files.value) {
    const drift = await findDrift(file, options.directory, io);
    if (drift !== undefined) drifts.push(drift);
    else if (human) io.stderr.write(`${file.path} is current\n`);
  }
  const unused = await findUnused(files.value, options.directory, io);
  if (human) {
    for (const drift of drifts) await showDrift(drift, io);
    io.stderr.write(describeUnused(unused));
  } else {
    const paths = [SPEC_FILE, BASE_FILE, ...files.value.map(({ path }) => path)];
    io.stdout.write(await formatFor(options.format, [...drifts.map(diagnose), ...unused], paths));
  }
  return drifts.length === 0 ? 0 : 1;
}

/** A file that is not what the spec says. */
interface Drift {
  readonly file: GeneratedFile;
  /** What is there; undefined: nothing. */
  readonly before: string | undefined;
}

async function findDrift(file: GeneratedFile, directory: string, io: Io): Promise<Drift | undefined> {
  const before = await io.files.read(join(directory, file.path));
  return before !== undefined && sameText(before, file.text) ? undefined : { file, before };
}

const isOfOthers = ({ file, before }: Drift) => file.path !== VENDORED_PROGRAM && isForeign(before);

async function showDrift(drift: Drift, io: Io): Promise<void> {
  const { file, before } = drift;
  if (isOfOthers(drift)) {
    io.stderr.write(describeForeign(file.path));
    return;
  }
  if (before === undefined) io.stderr.write(`gen-config: there is no ${file.path}\n`);
  else {
    const { createTwoFilesPatch } = await import('diff');
    io.stderr.write(`gen-config: ${file.path} is not what the spec says: it is stale, or was edited by hand\n`);
    io.stdout.write(createTwoFilesPatch(file.path, file.path, unix(before), file.text, 'as it is', 'as the spec says'));
  }
  io.stderr.write('  -> Run "npx gen-config" and commit the result.\n');
}

/** A drift as a diagnostic, at the first line that differs. */
function diagnose(drift: Drift): Diagnostic {
  const { file, before } = drift;
  const { line } = findFirstDifference(before ?? '', file.text) ?? { line: 1 };
  const common = {
    severity: 'error' as const,
    file: file.path,
    range: { start: { line, column: 1 }, end: { line, column: 2 } },
  };
  if (isOfOthers(drift)) {
    return { ...common, code: 'config/foreign', message: 'the config was not written by gen-config' };
  }
  const help = 'run "npx gen-config" and commit the result';
  return before === undefined
    ? { ...common, code: 'config/missing', message: 'the file is not there', help }
    : {
        ...common,
        code: 'config/stale',
        message: 'the file is not what the spec says: it is stale, or was edited by hand',
        help,
      };
}
