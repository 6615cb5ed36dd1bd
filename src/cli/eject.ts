import { join } from 'node:path';
import { HEADER_LINES, MARKER } from '../circleci/config/render.js';
import { sameText } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { ok, type Result } from '../result.js';
import {
  BASE_FILE,
  CONFIG_FILE,
  describeFailure,
  makeFiles,
  type ProjectFailure,
  readProject,
  type SourcedProject,
  SPEC_FILE,
} from './project.js';

/**
 * `gen-config eject`: the config without the mark of the generator, and without the job that runs `gen-config check`, which
 * would refuse it from now on. Nothing else is changed, and nothing deleted.
 */
export async function eject(options: { readonly directory: string }, io: Io): Promise<number> {
  const refuse = (code: 1 | 2, message: string): number => {
    io.stderr.write(message);
    return code;
  };
  const read = await readProject(options.directory, io);
  if (!read.ok) return refuse(2, describeFailure(read.error));
  const wanted = makeConfig(read.value);
  if (!wanted.ok) return refuse(2, describeFailure(wanted.error));
  const path = join(options.directory, CONFIG_FILE);
  const before = await io.files.read(path);
  if (before !== undefined && !before.startsWith(MARKER)) {
    return refuse(2, `gen-config: ${CONFIG_FILE} does not have the mark of gen-config: there is nothing to leave\n`);
  }
  if (before === undefined || !sameText(before, wanted.value)) {
    return refuse(
      1,
      `gen-config: ${CONFIG_FILE} is not what the spec says\n  -> Run "npx gen-config" first, then eject.\n`,
    );
  }
  const { project, sources } = read.value;
  if (project.spec.image === undefined && project.spec.test.length === 0) {
    return refuse(2, `gen-config: all that ${CONFIG_FILE} does is check itself\n  -> Delete it.\n`);
  }
  const own = makeConfig({ project: { ...project, spec: { ...project.spec, check: false } }, sources });
  if (!own.ok) return refuse(2, describeFailure(own.error));
  await io.files.write(path, own.value.split('\n').slice(HEADER_LINES).join('\n').trimStart());
  io.stderr.write(describeLoss(project.spec.check));
  return 0;
}

function makeConfig(project: SourcedProject): Result<string, ProjectFailure> {
  const files = makeFiles(project);
  return files.ok ? ok(files.value.find(({ path }) => path === CONFIG_FILE)?.text ?? '') : files;
}

function describeLoss(hadCheckJob: boolean): string {
  return `${CONFIG_FILE} is yours now. What is lost:
  - check: nothing says any more when the config and the spec differ, so the spec means nothing from here on.${
    hadCheckJob ? '\n    The job check-config is gone from the config.' : ''
  }
  - new versions: the program that jobs run stays pinned at the version in the config, until you change it there.
  - the rules: that nothing gets round the approval, and that no environment builds, is yours to keep.
What gen-config no longer reads, and you may delete: ${SPEC_FILE} and ${BASE_FILE} (its jobs are in the config).
To come back: put ${SPEC_FILE} in place again and run "npx gen-config --force".
`;
}
