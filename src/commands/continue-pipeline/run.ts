import { isRecord, parseJson } from '../../json.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure, Options, Run } from '../command.js';
import { checkCommit } from '../commit.js';
import { openGit } from '../git.js';
import { findChanges, type Push } from './changes.js';
import { EVERY_SERVICE, type parameters, serviceParameter } from './declaration.js';
import { postContinuation } from './post.js';
import { reportVerdicts } from './report.js';
import { judgeServices, type Verdict } from './services.js';

export const run: Run<typeof parameters> = async (options, io) => {
  const { commit, configuration_path: path, record } = options;
  const given = readGiven(options);
  if (!given.ok) return given;
  const configuration = await io.files.read(path);
  if (configuration === undefined) {
    return fail({
      code: 1,
      cause: `there is no ${path}, which the pipeline goes on with`,
      next: 'Check the repository out first, and run "npx gen-config" to write the file.',
    });
  }
  const push: Push = {
    commit,
    branch: io.env['CIRCLE_BRANCH'] ?? '',
    tag: io.env['CIRCLE_TAG'] ?? '',
    branches: given.value.branches,
    record: readRecord(await io.files.read(record)),
    baseRevision: options.base_revision,
  };
  const changes = options.run_all
    ? ({ kind: 'every', why: 'it was asked for' } as const)
    : await findChanges(push, openGit(io));
  const verdicts = judgeServices(given.value.services, changes);
  reportVerdicts(changes, verdicts, io);
  const running = verdicts.filter(({ runs }) => runs);
  const summary = `the pipeline goes on with ${running.length} of ${verdicts.length} services`;
  if (options.dry_run) return ok({ summary: `dry run: ${summary}, were it continued` });
  const parameters = parametersFor(verdicts);
  const posted = await postContinuation({ host: options.host, configuration, parameters }, io);
  if (!posted.ok) return posted;
  // Only now: what was not continued is still to be done.
  await io.files.write(record, `${commit}\n`);
  return ok({ summary });
};

/** Most pipeline parameters that CircleCI takes at once (guide "Pipeline values and parameters"). */
const MOST_PARAMETERS = 100;

/** The pipeline parameters that make services run. More than CircleCI takes are all of them. */
function parametersFor(verdicts: readonly Verdict[]): Readonly<Record<string, true>> {
  const running = verdicts.filter(({ runs }) => runs);
  if (running.length > 0 && (running.length === verdicts.length || running.length > MOST_PARAMETERS)) {
    return { [EVERY_SERVICE]: true };
  }
  return Object.fromEntries(running.map(({ service }) => [serviceParameter(service), true]));
}

interface Given {
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly branches: readonly string[];
}

function readGiven({ services, branches, commit }: Options<typeof parameters>): Result<Given, Failure> {
  const known = checkCommit(commit);
  if (!known.ok) return known;
  const map = parseJson(services);
  if (!isRecord(map) || !Object.values(map).every(isTexts)) {
    return fail({ code: 2, cause: '--services is not a JSON object of lists: expected {"api": ["services/api"]}' });
  }
  const list = parseJson(branches);
  if (!isTexts(list)) return fail({ code: 2, cause: '--branches is not a JSON array of names: expected ["main"]' });
  return ok({ services: map as Given['services'], branches: list });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function readRecord(text: string | undefined): string | undefined {
  const [commit = ''] = (text ?? '').split('\n');
  return /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
}
