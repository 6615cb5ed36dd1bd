import { isAbsolute, join } from 'node:path';
import { type CompanionFile, type Companions, makeCompanions } from '../companions/companions.js';
import { placeholderOf, UNKNOWN } from '../companions/unknown.js';
import { planDelivery } from '../delivery/plan.js';
import { sameText } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { readManifestRules } from './companions/manifest-rules.js';
import { readOptions } from './companions/options.js';
import { type CompanionRecord, formatRecord, hashOf, RECORD_FILE, readRecord } from './companions/record.js';
import { describeFailure, readProject } from './project.js';
import type { VerbValues } from './verb.js';

/** `gen-config companions`: writes what an administrator needs, and leaves alone what somebody has edited. */
export async function companions(values: VerbValues, io: Io): Promise<number> {
  const directory = text(values['directory'], '.');
  const read = await readProject(directory, io);
  if (!read.ok) {
    io.stderr.write(describeFailure(read.error));
    return 2;
  }
  const delivery = planDelivery(read.value.project.spec);
  const output = text(values['output'], '.circleci/companions');
  const folder = isAbsolute(output) ? output : join(directory, output);
  const record = readRecord(await io.files.read(join(folder, RECORD_FILE)));
  const parts = [delivery, ...delivery.services];
  const options = readOptions(values, record.given, {
    environments: parts.flatMap(({ environments }) => environments.map(({ name }) => name)),
    gitConfig: await io.files.read(join(directory, '.git/config')),
  });
  if (!options.ok) return refuse(options.error, ['gen-config companions --help explains it.'], io);
  const applied = await readManifestRules(
    parts.flatMap(({ environments }) => environments),
    directory,
    io,
  );
  const made = makeCompanions(delivery, { ...options.value.options, manifestRules: applied.rules });
  const states = await compare(made.files, record, folder, io);
  const edited = states.filter(({ state }) => state === 'edited');
  if (edited.length > 0 && values['force'] !== true) {
    return refuse(
      `${edited.map(({ path }) => join(output, path)).join(', ')}: edited since gen-config wrote it, so nothing was written`,
      ['Keep what was edited in a file of your own, or: gen-config companions --force'],
      io,
    );
  }
  if (values['dry-run'] === true) {
    for (const { path, state } of states) {
      io.stdout.write(`${state === 'current' ? 'is current' : 'would write'}: ${join(output, path)}\n`);
    }
  } else {
    await write({ states, record, given: options.value.given, folder, output, io });
  }
  describe({ ...made, notes: [...made.notes, ...applied.notes] }, options.value.options.format, io);
  return 0;
}

/** A file beside what is there. */
interface State extends CompanionFile {
  readonly state: 'new' | 'current' | 'changed' | 'edited';
}

function compare(
  files: readonly CompanionFile[],
  record: CompanionRecord,
  folder: string,
  io: Io,
): Promise<readonly State[]> {
  return Promise.all(
    files.map(async ({ path, text }): Promise<State> => {
      const found = await io.files.read(join(folder, path));
      if (found === undefined) return { path, text, state: 'new' };
      if (sameText(found, text)) return { path, text, state: 'current' };
      return { path, text, state: hashOf(found) === record.files[path] ? 'changed' : 'edited' };
    }),
  );
}

async function write(options: {
  readonly states: readonly State[];
  readonly record: CompanionRecord;
  readonly given: CompanionRecord['given'];
  readonly folder: string;
  readonly output: string;
  readonly io: Io;
}): Promise<void> {
  const { states, record, given, folder, output, io } = options;
  for (const { path, text, state } of states) {
    if (state === 'current') continue;
    await io.files.write(join(folder, path), text);
    io.stderr.write(`${state === 'new' ? 'wrote' : 'updated'} ${join(output, path)}\n`);
  }
  const files: Record<string, string> = {};
  for (const [path, hash] of Object.entries(record.files)) {
    if (states.some((one) => one.path === path) || (await io.files.read(join(folder, path))) === undefined) continue;
    files[path] = hash;
  }
  const old = Object.keys(files).map((path) => `  ${join(output, path)}\n`);
  if (old.length > 0) io.stderr.write(`no longer made, to be deleted:\n${old.join('')}`);
  for (const { path, text } of states) files[path] = hashOf(text);
  const before = await io.files.read(join(folder, RECORD_FILE));
  const after = formatRecord({ given, files });
  if (before === undefined || !sameText(before, after)) await io.files.write(join(folder, RECORD_FILE), after);
  if (states.every(({ state }) => state === 'current')) io.stderr.write(`${output} is current, nothing to do\n`);
  else io.stderr.write(`${join(output, 'README.md')} says what to do with them\n`);
}

function describe({ missing, notes }: Companions, format: 'json' | 'terraform', io: Io): void {
  for (const note of notes) io.stderr.write(`note: ${note}\n`);
  for (const name of missing) {
    const flag = `--${name.replaceAll('_', '-')}`;
    const stands = format === 'json' ? `${placeholderOf(name)} stands in the files for` : `Terraform asks for ${name},`;
    io.stderr.write(`note: ${stands} the ${UNKNOWN[name]}\n  -> gen-config companions ${flag} VALUE\n`);
  }
}

function refuse(what: string, next: readonly string[], io: Io): number {
  io.stderr.write(`gen-config companions: ${what}\n${next.map((line) => `  -> ${line}\n`).join('')}`);
  return 2;
}

function text(value: VerbValues[string], otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
