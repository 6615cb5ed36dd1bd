import { openGit } from '../commands/git.js';
import { survey } from '../commands/status/survey.js';
import { planDelivery } from '../delivery/plan.js';
import type { Io } from '../io/io.js';
import { plainText } from '../io/plain-text.js';
import { listContexts } from '../kubernetes/find-access.js';
import { ok } from '../result.js';
import { describeFailure, readProject } from './project.js';
import { readChosen } from './status/chosen.js';
import { makeOpener } from './status/open-way.js';
import { makePlace } from './status/place.js';
import { formatProblems, formatReports, type Report } from './status/report.js';
import type { VerbValues } from './verb.js';

/** `gen-config status`: 0 when all could be read, 1 when not, 2 for wrong usage or a problem in the spec. */
export async function status(values: VerbValues, io: Io): Promise<number> {
  const directory = typeof values['directory'] === 'string' ? values['directory'] : '.';
  const read = await readProject(directory, io);
  if (!read.ok) {
    io.stderr.write(describeFailure(read.error));
    return 2;
  }
  const chosen = readChosen(planDelivery(read.value.project.spec), values);
  if (!chosen.ok) {
    io.stderr.write(`gen-config status: ${chosen.error}\n  -> gen-config status --help explains it.\n`);
    return 2;
  }
  const isJob = io.env['CIRCLECI'] === 'true';
  const given = chosen.value.contexts;
  const contexts = isJob && Object.keys(given).length === 0 ? ok([]) : await listContexts(io);
  if (!contexts.ok) {
    io.stderr.write(`gen-config status: ${plainText(contexts.error.message)}\n`);
    return 1;
  }
  const open = makeOpener(io);
  const git = openGit(io, directory);
  const reports = await Promise.all(
    chosen.value.parts.map(async ({ service, image, environments }): Promise<Report> => {
      const places = environments.map((environment) => {
        const choice = { given: given[environment.name], contexts: contexts.value, isJob };
        return makePlace(environment, choice, open, io);
      });
      const seen = await survey(places, git);
      const reached = seen.environments.map((one, at) => ({ ...one, cluster: places[at]?.cluster }));
      return { service, image, environments: reached, drift: seen.drift };
    }),
  );
  const lines = values['format'] === 'json' ? [JSON.stringify({ services: reports })] : formatReports(reports);
  const problems = formatProblems(reports);
  for (const line of lines) io.stdout.write(`${plainText(line)}\n`);
  for (const line of problems) io.stderr.write(`${plainText(line)}\n`);
  return problems.length === 0 ? 0 : 1;
}
