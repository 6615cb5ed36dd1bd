import { join, resolve } from 'node:path';
import { CONFIG_FILE } from '../circleci/config/files.js';
import { MARKER } from '../circleci/config/render.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Io } from '../io/io.js';
import { type BaseText, makeBaseText } from '../spec/detect/base-text.js';
import { describeCautions, describeFindings } from '../spec/detect/describe.js';
import { detect, type Facts } from '../spec/detect/detect.js';
import { type Draft, generatedJobNames, makeDraft } from '../spec/detect/draft.js';
import { type RenderedSpec, renderSpec } from '../spec/detect/render.js';
import { readSpec } from '../spec/read.js';
import { readInitOptions } from './init/arguments.js';
import { askMissing } from './init/ask.js';
import { listRepository } from './init/list-repository.js';
import { formatNotes, formatReport } from './init/report.js';
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
    io.stderr.write(`gen-config: there is no folder ${resolve(io.cwd, directory)}\n`);
    return 2;
  }
  if (!dryRun && (await io.files.inspect(join(directory, SPEC_FILE))) !== undefined) {
    io.stderr.write(`gen-config: there is a ${SPEC_FILE} already, and it is left as it is
  -> "npx gen-config init --dry-run" prints what would be written if there were none.
`);
    return 2;
  }
  if ((await io.files.inspect(join(directory, '.circleci')))?.kind === 'link') {
    io.stderr.write('gen-config: .circleci is a link, and what is written there may be of another repository\n');
    return 2;
  }
  const repository = await listRepository(directory, io);
  const config = await repository.read(CONFIG_FILE);
  const base = await repository.read(BASE_FILE);
  const foreign = config?.startsWith(MARKER) ? undefined : config;
  const facts = await detect(repository, { base, config: foreign });
  const settled =
    yes || io.ask === undefined
      ? answers
      : await askMissing(facts, answers, io.ask, (wrong) => io.stderr.write(`  ${wrong}\n`));
  if (settled === undefined) {
    io.stderr.write('gen-config: stopped, nothing was written\n');
    return 2;
  }
  const draft = makeDraft(facts, settled);
  if (draft.image === undefined && draft.tests.length === 0) {
    io.stderr.write(nothingToDo(facts, draft, resolve(io.cwd, directory)));
    return 2;
  }
  const hasBase = (await io.files.inspect(join(directory, BASE_FILE))) !== undefined;
  const files = makeFiles(facts, draft, hasBase ? undefined : foreign);
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
  await writeFiles(files, { directory, dryRun, foreign: foreign !== undefined }, io);
  return 0;
}

interface Made {
  readonly spec: RenderedSpec;
  readonly base: BaseText | undefined;
  /** What gen-config will say of the spec, but for what is to be filled in. */
  readonly problems: readonly {
    readonly at: { readonly file: string; readonly line: number };
    readonly text: string;
  }[];
}

/** @param config text of a config that becomes the base; undefined when there is a base, or nothing to make one of */
function makeFiles(facts: Facts, draft: Draft, config: string | undefined): Made {
  const yaml = config === undefined ? undefined : facts.config?.yaml;
  const base = yaml === undefined ? undefined : makeBaseText(yaml, generatedJobNames(draft), draft.tests);
  const spec = renderSpec(draft, {
    ...(draft.tests.length === 0 ? { noTests: 'name jobs of .circleci/base.yml that must pass first' } : {}),
    ...(facts.taskDefinitions.length > 0 && facts.manifests.deployments.length === 0
      ? { environments: 'ECS is not a target yet, Kubernetes is' }
      : {}),
  });
  const baseText = base?.text ?? (facts.config?.yaml.file === BASE_FILE ? facts.config.yaml.text : undefined);
  const read = readSpec(
    { file: SPEC_FILE, text: spec.text },
    baseText === undefined ? undefined : { file: BASE_FILE, text: baseText },
  );
  const lines = new Set(spec.missing.map(({ line }) => line));
  const expected = ({ file, range }: Diagnostic) => file === SPEC_FILE && lines.has(range.start.line);
  const problems = (read.ok ? [] : read.error)
    .filter((problem) => !expected(problem))
    .map(({ file, range, message }) => ({ at: { file, line: range.start.line }, text: message }));
  return { spec, base, problems };
}

function describeBase(
  base: BaseText | undefined,
): readonly { readonly at: { readonly file: string }; readonly text: string }[] {
  if (base === undefined) return [];
  const at = { file: BASE_FILE };
  const texts = [
    ...(base.kept ? [] : ['comments are lost: the layout of config.yml could not be kept']),
    ...(base.dropped.length > 0
      ? [`left out, since gen-config makes a job of that name: ${base.dropped.join(', ')}`]
      : []),
    ...(base.idle.length > 0
      ? [`nothing runs these any more, delete what build-once replaces: ${base.idle.join(', ')}`]
      : []),
  ];
  return texts.map((text) => ({ at, text }));
}

async function writeFiles(
  { spec, base }: Made,
  { directory, dryRun, foreign }: { readonly directory: string; readonly dryRun: boolean; readonly foreign: boolean },
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
  const steps = [
    ...(spec.missing.length > 0
      ? [`fill in ${spec.missing.length === 1 ? '1 place' : `${spec.missing.length} places`} in ${SPEC_FILE}, then`]
      : []),
    ...(foreign
      ? [
          `git mv ${CONFIG_FILE} .circleci/config.before.yml  (a config of others is not overwritten; delete it later)`,
          `npx gen-config                                                   (writes ${CONFIG_FILE})`,
        ]
      : [`npx gen-config  (writes ${CONFIG_FILE})`]),
  ];
  io.stderr.write(`next:\n${steps.map((step) => `  ${step}\n`).join('')}`);
}

function nothingToDo(facts: Facts, draft: Draft, directory: string): string {
  return `${formatNotes('found', describeFindings(facts, draft))}${formatNotes('look at', describeCautions(facts, draft))}\
gen-config: there is no Dockerfile in ${directory}, and no job of CircleCI that tests. There is nothing to write a spec of.
  -> Write a Dockerfile, or give the jobs that test to .circleci/base.yml, and run "npx gen-config init" again.
`;
}
