import { quote } from '../../../../diagnostic/quote.js';
import type { Path } from '../../../../yaml/parse.js';
import type { Written } from '../../written/written.js';
import type { Rule } from '../rule.js';

export const oneEnvironment: Rule = {
  name: 'one-environment',
  group: 'shape',
  weight: 'error',
  summary: 'A job or executor that names two kinds of machines.',
  why: 'CircleCI refuses the config: steps run in one place, a container, a virtual machine or a Mac.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#executor-job',
  check: ({ written }, report) => {
    for (const { path, message } of findTwoEnvironments(written)) report({ path, at: 'key', message });
  },
};

/** Jobs and executors that have several of what a job runs on, each at the second. */
export function findTwoEnvironments(written: Written): readonly { readonly path: Path; readonly message: string }[] {
  return written.definitions.flatMap(({ kind, name, path, value }) => {
    const [first, second] = ['docker', 'machine', 'macos'].filter((key) => value[key] !== undefined);
    if (first === undefined || second === undefined) return [];
    const what = kind === 'jobs' ? 'job' : 'executor';
    const message = `the ${what} ${quote(name)} has ${quote(first)} and ${quote(second)}, expected one of them`;
    return [{ path: [...path, second], message }];
  });
}
