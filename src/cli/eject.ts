import { join } from 'node:path';
import { VENDORED_PROGRAM } from '../circleci/config/files.js';
import { HEADER_LINES } from '../circleci/config/render.js';
import type { GeneratedFile } from '../circleci/generate.js';
import { list } from '../delivery/sentences.js';
import { sameText } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { ok, type Result } from '../result.js';
import { isForeign } from './generate.js';
import {
  BASE_FILE,
  describeFailure,
  type ProjectFailure,
  readProject,
  type SourcedProject,
  SPEC_FILE,
} from './project.js';
import { makeFiles } from './project-files.js';

/**
 * `gen-config eject`: the configs without the mark of the generator, and without the job that runs `gen-config check`, which
 * would refuse them from now on. Nothing else is changed, and nothing deleted.
 */
export async function eject(options: { readonly directory: string }, io: Io): Promise<number> {
  const refuse = (code: 1 | 2, message: string): number => {
    io.stderr.write(message);
    return code;
  };
  const read = await readProject(options.directory, io);
  if (!read.ok) return refuse(2, describeFailure(read.error));
  const wanted = makeConfigs(read.value);
  if (!wanted.ok) return refuse(2, describeFailure(wanted.error));
  for (const { path, text } of wanted.value) {
    const before = await io.files.read(join(options.directory, path));
    if (isForeign(before)) {
      return refuse(2, `gen-config: ${path} does not have the mark of gen-config: there is nothing to leave\n`);
    }
    if (before === undefined || !sameText(before, text)) {
      return refuse(1, `gen-config: ${path} is not what the spec says\n  -> Run "npx gen-config" first, then eject.\n`);
    }
  }
  const { project, sources } = read.value;
  const { image, test, services, check } = project.spec;
  const names = wanted.value.map(({ path }) => path).join(' and ');
  if (image === undefined && test.length === 0 && services.length === 0) {
    return refuse(2, `gen-config: all that ${names} does is check itself\n  -> Delete it.\n`);
  }
  const own = makeConfigs({ project: { ...project, spec: { ...project.spec, check: false } }, sources });
  if (!own.ok) return refuse(2, describeFailure(own.error));
  for (const { path, text } of own.value) {
    await io.files.write(join(options.directory, path), text.split('\n').slice(HEADER_LINES).join('\n').trimStart());
  }
  io.stderr.write(
    `${names} ${own.value.length === 1 ? 'is' : 'are'} yours now. ${describeLoss(check, Object.keys(sources))}`,
  );
  return 0;
}

function makeConfigs(project: SourcedProject): Result<readonly GeneratedFile[], ProjectFailure> {
  const files = makeFiles(project);
  return files.ok ? ok(files.value.filter(({ path }) => path !== VENDORED_PROGRAM)) : files;
}

/** @param sources files that the configs were made from */
function describeLoss(hadCheckJob: boolean, sources: readonly string[]): string {
  const unread = [SPEC_FILE, ...sources.filter((file) => file !== SPEC_FILE && file !== BASE_FILE)];
  const all = sources.includes(BASE_FILE) ? [...unread, `${BASE_FILE} (its jobs are in the config)`] : unread;
  return `What is lost:
  - check: nothing says any more when the config and the spec differ, so the spec means nothing from here on.${
    hadCheckJob ? '\n    The job check-config is gone from the config.' : ''
  }
  - new versions: the program that jobs run stays pinned at the version in the config, until you change it there.
  - the rules: that nothing gets round the approval, and that no environment builds, is yours to keep.
What gen-config no longer reads, and you may delete: ${list(all)}.
To come back: put ${SPEC_FILE} in place again and run "npx gen-config --force".
`;
}
