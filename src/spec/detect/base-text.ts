import type { KnownConfig } from './circleci.js';
import { cutKeys } from './cut.js';
import { keepWorkflows, type Replacement } from './keep-workflows.js';
import { isMapping, type Mapping, mappingOf } from './repository.js';

/** `.circleci/base.yml` made of an existing config. */
export interface BaseText {
  readonly text: string;
  /** False where comments and layout are lost. */
  readonly kept: boolean;
  /** Jobs that are left out since gen-config makes one of that name. */
  readonly dropped: readonly string[];
  /** Jobs that nothing runs any more. */
  readonly idle: readonly string[];
  /** Workflows that stay. */
  readonly workflows: readonly string[];
  /** Workflows that would stay if they did not run by a schedule of the config. */
  readonly unscheduled: readonly string[];
}

/**
 * Takes what gen-config writes itself out of a config: setup, the workflows that it replaces, the jobs whose names it
 * needs, and pipeline parameters that are then of no use.
 */
export function makeBaseText(config: KnownConfig, replacement: Replacement): BaseText | undefined {
  const { yaml } = config;
  if (!isMapping(yaml.value)) return undefined;
  const top = yaml.value;
  const jobs = Object.keys(mappingOf(top['jobs']));
  const dropped = jobs.filter((name) => replacement.generated.includes(name.toLowerCase()));
  const { kept: workflows, unscheduled } = keepWorkflows(config, replacement);
  const used = JSON.stringify([without(top['jobs'], dropped), top['commands'], top['executors']]);
  const idleParameters = replacement.parameters.filter((name) => !used.includes(`pipeline.parameters.${name}`));
  const { text, kept } = cutKeys(yaml, [
    ...(Object.hasOwn(top, 'setup') ? [['setup']] : []),
    ...cutMembers(
      top,
      'workflows',
      Object.keys(mappingOf(top['workflows'])).filter((name) => !workflows.includes(name)),
    ),
    ...cutMembers(top, 'parameters', idleParameters),
    ...dropped.map((name) => ['jobs', name]),
  ]);
  const called = config.workflows.filter(({ name }) => workflows.includes(name)).flatMap((one) => one.jobs);
  return {
    text: `${header(yaml.file)}${text}`,
    kept,
    dropped,
    idle: jobs.filter((name) => ![...dropped, ...replacement.tests, ...called].includes(name)),
    workflows,
    unscheduled,
  };
}

function header(file: string): string {
  return `# The jobs of this project's own, taken from ${file}. gen-config merges them into the config that it
# writes, and adds the workflows.
`;
}

/** The paths of some keys of a section, or of the section where nothing of it would stay. */
function cutMembers(top: Mapping, section: string, names: readonly string[]): readonly (readonly string[])[] {
  if (!Object.hasOwn(top, section)) return [];
  const members = Object.keys(mappingOf(top[section]));
  const gone = members.filter((name) => names.includes(name));
  return gone.length === members.length ? [[section]] : gone.map((name) => [section, name]);
}

function without(value: unknown, names: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(mappingOf(value)).filter(([name]) => !names.includes(name)));
}
