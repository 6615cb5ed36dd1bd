import { quote, quoteList } from '../diagnostic/quote.js';
import { suggest } from '../diagnostic/suggest.js';
import type { Path } from '../yaml/parse.js';
import type { Base } from './base.js';
import { hooksOf } from './hooks.js';
import type { CheckedPart } from './names.js';
import type { Report } from './report.js';
import { testsOf } from './tests.js';

/** Checks that every job that the spec names, under `test` or as a hook, is in the base. */
export function checkBaseJobs({ spec, environments, report }: CheckedPart, base: Base | undefined): void {
  for (const { job, path } of testsOf(spec['test'])) checkJob(job, path, base, report);
  for (const { name, value } of environments) {
    for (const { job, path } of hooksOf(name, value)) checkJob(job, path, base, report);
  }
}

function checkJob(job: string, path: Path, base: Base | undefined, report: Report): void {
  const known = Object.keys(base?.jobs ?? {});
  if (known.includes(job)) return;
  const near = suggest(job, known);
  const where =
    base === undefined
      ? 'there is no .circleci/base.yml'
      : `${base.yaml.file} has ${known.length === 0 ? 'no jobs' : quoteList(known)}`;
  report('unknown-job', path, `there is no job ${quote(job)}: ${where}`, {
    help:
      near === undefined
        ? `define the job ${quote(job)} under "jobs" in .circleci/base.yml`
        : `did you mean "${near}"?`,
  });
}
