import { join, resolve } from 'node:path';
import { CONFIG_FILE } from '../circleci/config/files.js';
import type { Io } from '../io/io.js';
import { describeCautions, describeFindings } from '../spec/detect/describe.js';
import { detect, type Facts } from '../spec/detect/detect.js';
import { type Draft, makeDraft } from '../spec/detect/draft.js';
import { checkServiceAnswers } from '../spec/detect/questions.js';
import { isForeign } from './generate.js';
import { readInitOptions } from './init/arguments.js';
import { askMissing } from './init/ask.js';
import { listRepository } from './init/list-repository.js';
import { describeBase, makeFiles } from './init/make-files.js';
import { formatNotes, formatReport } from './init/report.js';
import { writeFiles } from './init/write-files.js';
import { BASE_FILE, SPEC_FILE } from './project.js';
import type { VerbValues } from './verb.js';

/** `gen-config init`: writes a spec for a repository, and a base of its existing config. Overwrites nothing. */
export async function runInit(values: VerbValues, io: Io): Promise<number> {
  const read = readInitOptions(values);
  if (!read.ok) {
    io.stderr.write(`gen-config: ${read.error}\n  -> gen-config init --help lists what there is.\n`);
    return 2;
  }
  const { directory, dryRun, yes, answers } = read.value;
  if ((await io.files.list(directory)) === undefined) {
    io.stderr.write(`gen-config: there is no folder ${resolve(io.cwd, directory)}
  -> --directory takes the top of the repository.
`);
    return 2;
  }
  if (!dryRun && (await io.files.inspect(join(directory, SPEC_FILE))) !== undefined) {
    io.stderr.write(`gen-config: there is a ${SPEC_FILE} already, and it is left as it is
  -> "npx gen-config init --dry-run" prints what would be written if there were none.
`);
    return 2;
  }
  if ((await io.files.inspect(join(directory, '.circleci')))?.kind === 'link') {
    io.stderr.write(`gen-config: .circleci is a link, and what is written there may be of another repository
  -> Make it a folder, or run this in the repository that the link leads to.
`);
    return 2;
  }
  const repository = await listRepository(directory, io);
  const config = await repository.read(CONFIG_FILE);
  const base = await repository.read(BASE_FILE);
  const foreign = isForeign(config) ? config : undefined;
  const facts = await detect(repository, { base, config: foreign });
  const wrong = checkServiceAnswers(facts, answers);
  if (wrong !== undefined) {
    io.stderr.write(`gen-config: ${wrong}\n`);
    return 2;
  }
  const settled =
    yes || io.ask === undefined
      ? answers
      : await askMissing(facts, answers, io.ask, (wrong) => io.stderr.write(`  ${wrong}\n`));
  if (settled === undefined) {
    io.stderr.write('gen-config: stopped, nothing was written\n');
    return 2;
  }
  const draft = makeDraft(facts, settled);
  if (draft.parts.length === 0 && draft.tests.length === 0) {
    io.stderr.write(nothingToDo(facts, draft, resolve(io.cwd, directory)));
    return 2;
  }
  const hasBase = (await io.files.inspect(join(directory, BASE_FILE))) !== undefined;
  const files = makeFiles(facts, draft, foreign !== undefined && !hasBase);
  const report = formatReport({
    name: facts.git.remote?.name ?? repository.folder,
    count: repository.files.length,
    findings: describeFindings(facts, draft),
    spec: files.spec,
    specFile: SPEC_FILE,
    cautions: [...describeCautions(facts, draft), ...describeBase(files.base), ...files.problems],
  });
  io.stderr.write(report);
  if (dryRun) io.stdout.write(files.spec.text);
  const continued = facts.continuation === undefined ? [] : [facts.continuation.file];
  await writeFiles(
    files,
    { directory, dryRun, replaced: foreign === undefined ? [] : [CONFIG_FILE, ...continued] },
    io,
  );
  return 0;
}

function nothingToDo(facts: Facts, draft: Draft, directory: string): string {
  return `${formatNotes('found', describeFindings(facts, draft))}${formatNotes('look at', describeCautions(facts, draft))}\
gen-config: there is no Dockerfile in ${directory}, and no job of CircleCI that tests. There is nothing to write a spec of.
  -> Write a Dockerfile, or give the jobs that test to .circleci/base.yml, and run "npx gen-config init" again.
`;
}
