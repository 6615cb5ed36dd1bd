import type { Yaml } from '../../yaml/parse.js';
import { cutKeys } from './cut.js';
import { isMapping, mappingOf } from './repository.js';

/** `.circleci/base.yml` made of an existing config. */
export interface BaseText {
  readonly text: string;
  /** False where comments and layout are lost. */
  readonly kept: boolean;
  /** Jobs that are left out since gen-config makes one of that name. */
  readonly dropped: readonly string[];
  /** Jobs that nothing runs any more. */
  readonly idle: readonly string[];
}

const HEADER = `# The jobs of this project's own, taken from .circleci/config.yml. gen-config merges them into the config that it
# writes, and adds the workflows.
`;

/**
 * Takes what gen-config writes itself out of a config: workflows, setup, and the jobs whose names it needs.
 * @param generated names of the jobs that gen-config makes, in lower case
 * @param tests jobs that the spec names
 */
export function makeBaseText(yaml: Yaml, generated: readonly string[], tests: readonly string[]): BaseText | undefined {
  if (!isMapping(yaml.value)) return undefined;
  const jobs = Object.keys(mappingOf(yaml.value['jobs']));
  const dropped = jobs.filter((name) => generated.includes(name.toLowerCase()));
  const sections = ['workflows', 'setup'].filter((key) => Object.hasOwn(mappingOf(yaml.value), key));
  const { text, kept } = cutKeys(yaml, [...sections.map((key) => [key]), ...dropped.map((name) => ['jobs', name])]);
  return {
    text: `${HEADER}${text}`,
    kept,
    dropped,
    idle: jobs.filter((name) => !dropped.includes(name) && !tests.includes(name)),
  };
}
