import { CONFIG_FILE } from '../circleci/config/files.js';
import { type ValidateOptions, validateConfig } from '../circleci/language/rules/validate.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { formatHuman } from '../diagnostic/format-human.js';
import type { Io } from '../io/io.js';
import { formatFor } from './format.js';
import { ORB_FOLDER } from './process/orb-options.js';
import { listOf, readPairs } from './process/pairs.js';
import { describeAbsence, readerIn } from './process/reader.js';
import { loadImports } from './validate/load-orbs.js';
import { readWeights } from './validate/weights.js';
import type { VerbValues } from './verb.js';

const NAME_FILES = 'Name the files: gen-config validate FILE..., or the repository with --directory.';

/**
 * `gen-config validate [FILE...]`: 0 when no config has an error, 1 when one has, 2 when a file is not there or an option
 * is wrong.
 */
export async function runValidate(values: VerbValues, io: Io, words: readonly string[]): Promise<number> {
  const weights = readWeights(listOf(values['rule']));
  if (!weights.ok) return refuse(weights.error, 'docs/rules.md lists the rules.', io);
  const files = words.length === 0 ? [CONFIG_FILE] : [...new Set(words)];
  const sources: Record<string, string> = {};
  const reader = readerIn(values, io.files);
  for (const file of files) {
    const text = file === '-' ? await io.readInput() : await reader.read(file);
    if (text === undefined) return refuse(describeAbsence(file, values), NAME_FILES, io);
    sources[nameOf(file)] = text;
  }
  const orbFiles = readPairs('orb', values);
  if (!orbFiles.ok) return refuse(orbFiles.error, 'gen-config validate --help explains it.', io);
  const places = { files: orbFiles.value, folders: [ORB_FOLDER, ...listOf(values['orbs'])] };
  const orbs = await loadImports(Object.values(sources), places, reader);
  if (!orbs.ok) {
    if (typeof orbs.error === 'string') return refuse(orbs.error, 'gen-config validate --help explains it.', io);
    io.stderr.write(formatHuman(orbs.error, {}));
    return 2;
  }
  const options: ValidateOptions = { weights: weights.value, orbs: orbs.value };
  const diagnostics = Object.entries(sources).flatMap(([file, text]) => validateConfig(text, file, options));
  const format = values['format'] ?? 'human';
  if (format === 'human') {
    io.stdout.write(formatHuman(diagnostics, sources));
    io.stderr.write(`${diagnostics.length === 0 ? '' : '\n'}${summarize(diagnostics, Object.keys(sources))}\n`);
  } else io.stdout.write(await formatFor(String(format), diagnostics, Object.keys(sources)));
  return diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** Standard input has no name of its own. */
function nameOf(file: string): string {
  return file === '-' ? '<stdin>' : file;
}

function summarize(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
  const what = files.length === 1 ? files[0] : `${files.length} files`;
  if (diagnostics.length === 0) return `${what}: nothing found`;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return `${what}: ${count(errors, 'error')}, ${count(diagnostics.length - errors, 'warning')}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function refuse(message: string, hint: string, io: Io): number {
  io.stderr.write(`gen-config: ${message}\n  -> ${hint}\n`);
  return 2;
}
