import { quote } from '../diagnostic/quote.js';
import { isMapping } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { findFilterMistake } from './filters.js';
import type { CheckedPart } from './names.js';
import type { Report } from './report.js';
import { strings } from './strings.js';

/** A test as it may be written. */
export type RawTest =
  | string
  | { readonly job: string; readonly filters?: string; readonly context?: string | readonly string[] };

/** A job of the base that must pass before anything is built. */
export interface TestSpec {
  /** Name of the job in `.circleci/base.yml`. */
  readonly job: string;
  /** Expression of pipeline values; the job runs where it is true. Undefined: always. */
  readonly filters: string | undefined;
  readonly context: readonly string[];
}

/** A test with its places in the spec. */
export interface PlacedTest extends TestSpec {
  /** The entry of the list, and what stands there. */
  readonly at: Path;
  readonly value: unknown;
  /** The name of the job. */
  readonly path: Path;
}

/** The tests of a spec, whatever their shape: what has not the shape of a test is left out. */
export function testsOf(test: unknown): readonly PlacedTest[] {
  return [test].flat().flatMap((value: unknown, index): readonly PlacedTest[] => {
    const at = ['test', ...(Array.isArray(test) ? [index] : [])];
    if (typeof value === 'string') return [{ job: value, filters: undefined, context: [], at, value, path: at }];
    const { job, filters, context } = isMapping(value) ? value : {};
    if (typeof job !== 'string') return [];
    const filter = typeof filters === 'string' ? filters : undefined;
    return [{ job, filters: filter, context: strings(context), at, value, path: [...at, 'job'] }];
  });
}

/** Checks that no job stands there twice, and what can be seen of the filters. */
export function checkTests({ service, spec, report }: CheckedPart): void {
  const tests = testsOf(spec['test']);
  const seen = new Set<string>();
  for (const { job, filters, at, path } of tests) {
    if (seen.has(job)) {
      report('name-collision', path, `the job ${quote(job)} stands twice in "test"`, { help: 'name it once' });
    }
    seen.add(job);
    if (filters !== undefined) checkFilters(filters, [...at, 'filters'], report);
  }
  const always = tests.some(({ filters }) => filters === undefined) || spec['check'] === true;
  const [first] = tests;
  if (spec['image'] === undefined || always || first === undefined) return;
  // In a monorepo it is another config that is checked, and no workflow of a service waits for that.
  const check = service === undefined ? ', or add "check: true"' : '';
  report('wrong-filters', [...first.at, 'filters'], 'every test has filters: where all are false, nothing is built', {
    key: true,
    help: `let one of them run always, without filters${check}: CircleCI leaves out a job all of whose required jobs are left out`,
  });
}

function checkFilters(filters: string, path: Path, report: Report): void {
  const mistake = findFilterMistake(filters);
  if (mistake === undefined) return;
  report('wrong-filters', path, mistake.message, {
    ...(mistake.span === undefined ? {} : { part: { ...mistake.span, text: filters } }),
    help: 'for example filters: "pipeline.git.branch == \\"main\\""',
  });
}
