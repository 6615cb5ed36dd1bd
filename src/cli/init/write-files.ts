import { join } from 'node:path';
import { CONFIG_FILE } from '../../circleci/config/files.js';
import type { Io } from '../../io/io.js';
import { BASE_FILE, SPEC_FILE } from '../project.js';
import type { MadeFiles } from './make-files.js';

/** Where `init` writes to, and what is in the way of gen-config then. */
interface Target {
  readonly directory: string;
  readonly dryRun: boolean;
  /** Configs of others, which have become the base. */
  readonly replaced: readonly string[];
}

/** Writes the files, or says that it would, and what is to be done next. */
export async function writeFiles(
  { spec, base }: MadeFiles,
  { directory, dryRun, replaced }: Target,
  io: Io,
): Promise<void> {
  const files = [
    { path: SPEC_FILE, text: spec.text },
    ...(base === undefined ? [] : [{ path: BASE_FILE, text: base.text }]),
  ];
  const lines = (text: string) => text.split('\n').length - 1;
  io.stderr.write('\n');
  for (const { path, text } of files) {
    if (!dryRun) await io.files.write(join(directory, path), text);
    io.stderr.write(`${dryRun ? 'would write' : 'wrote'} ${path} (${lines(text)} lines)\n`);
  }
  const count = spec.missing.length;
  const steps = [
    ...(count > 0 ? [`fill in ${count === 1 ? '1 place' : `${count} places`} in ${SPEC_FILE}, then`] : []),
    ...replaced.map((path, index) => {
      const why = index === 0 ? '  (a config of others is not overwritten; delete it later)' : '';
      return `git mv ${path} ${path.replace(/\.ya?ml$/, '.before.yml')}${why}`;
    }),
    `npx gen-config${' '.repeat(replaced.length > 0 ? 51 : 2)}(writes ${CONFIG_FILE})`,
  ];
  io.stderr.write(`next:\n${steps.map((step) => `  ${step}\n`).join('')}`);
}
