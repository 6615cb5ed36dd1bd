import { CONFIG_FILE } from '../circleci/config/files.js';
import { compileConfig, findImports } from '../circleci/language/compile.js';
import { findTooLarge } from '../circleci/language/limits.js';
import { locateProblem } from '../circleci/language/locate.js';
import type { Model } from '../circleci/language/model.js';
import { compiledConfig } from '../circleci/language/output.js';
import type { Source } from '../circleci/language/place.js';
import type { Problem } from '../circleci/language/problem.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic/diagnostic.js';
import { formatHuman } from '../diagnostic/format-human.js';
import type { Io } from '../io/io.js';
import { mappingOf } from '../yaml/mapping.js';
import { parseYaml } from '../yaml/parse.js';
import { stringifyYaml } from '../yaml/stringify.js';
import { ORB_FOLDER } from './process/orb-options.js';
import { loadOrbs } from './process/orbs.js';
import { listOf, readPairs } from './process/pairs.js';
import { readPipeline } from './process/pipeline.js';
import { describeAbsence, readerIn } from './process/reader.js';
import type { VerbValues } from './verb.js';

/**
 * `gen-config process [FILE]`: prints the compiled config. 0 when it compiles, 1 when CircleCI would refuse it, 2 when a
 * file or an option is wrong.
 */
export async function processFile(
  options: VerbValues,
  io: Io,
  [file = CONFIG_FILE]: readonly string[],
): Promise<number> {
  const reader = readerIn(options, io.files);
  const text = file === '-' ? await io.readInput() : await reader.read(file);
  if (text === undefined) return refuse(describeAbsence(file, options), io);
  const name = file === '-' ? '<stdin>' : file;
  const yaml = parseYaml(text, name, 'compile/not-yaml', '1.1');
  if (!yaml.ok) return show(yaml.error, { [name]: text }, io);
  const source: Source = { file: name, value: yaml.value.value, yaml: yaml.value };
  const pipeline = readPipeline(options, mappingOf(source.value));
  if (!pipeline.ok) return refuse(pipeline.error, io);
  const files = readPairs('orb', options);
  if (!files.ok) return refuse(files.error, io);
  const places = { files: files.value, folders: [ORB_FOLDER, ...listOf(options['orbs'])] };
  const orbs = await loadOrbs(findImports(source, pipeline.value), places, reader);
  if (!orbs.ok) return typeof orbs.error === 'string' ? refuse(orbs.error, io) : show(orbs.error, {}, io);
  const model = compileConfig(source, { values: pipeline.value, orbs: orbs.value });
  const sources = [source, ...Object.values(orbs.value)];
  return print(model, Object.fromEntries(sources.map((one) => [one.file, one.yaml?.text ?? ''])), io);
}

function print(model: Model, texts: Readonly<Record<string, string>>, io: Io): number {
  const problems: Problem[] = [...model.problems];
  const compiled = problems.length > 0 ? {} : compiledConfig(model);
  const text = stringifyYaml(compiled);
  const tooLarge = findTooLarge(text, compiled);
  if (tooLarge !== undefined) problems.push({ source: model.source, path: [], code: 'too-large', message: tooLarge });
  const notes = model.notes.map((note) => locateProblem(note, 'info'));
  const diagnostics = [...problems.map((problem) => locateProblem(problem, 'error')), ...notes];
  if (diagnostics.length > 0) show(diagnostics, texts, io);
  if (problems.length > 0) return 1;
  io.stdout.write(text);
  return 0;
}

function show(diagnostics: readonly Diagnostic[], texts: Readonly<Record<string, string>>, io: Io): number {
  io.stderr.write(formatHuman(sortDiagnostics(diagnostics), texts));
  return 1;
}

function refuse(message: string, io: Io): number {
  io.stderr.write(`gen-config: ${message}\n  -> gen-config process --help explains it.\n`);
  return 2;
}
