import { executor } from './executor.js';
import { command, job } from './job.js';
import { parameters } from './parameters.js';
import { any, choice, either, flag, later, map, type Shape, table, text } from './shape.js';
import { jobGroup, workflows } from './workflow.js';

const section = (what: string, value: Shape): Shape => either(what, { mapping: map(what, value), nothing: any });

const display = table('"display"', { home_url: text, source_url: text });

const example = table('an example', {
  description: text,
  usage: either('a config', { mapping: later(() => config), text }),
  result: any,
});

const shared = {
  version: choice(['2', '2.1']),
  orbs: section(
    'a mapping of orbs',
    later(() => orb),
  ),
  commands: section('a mapping of commands', command),
  jobs: section('a mapping of jobs', job),
  executors: section('a mapping of executors', executor),
  parameters: parameters('pipeline'),
  description: text,
  display,
  examples: section('a mapping of examples', example),
};

/** An orb: imported from the registry or a URL, or written out in the config. */
const orb: Shape = either('a reference such as "circleci/node@7", or an orb', {
  text,
  mapping: table('an orb', shared, 'ignored'),
});

/**
 * A config, or the source of an orb (configuration reference). Other keys at the top are tolerated: people keep anchors
 * under them.
 */
export const config: Shape = table(
  'a config',
  {
    ...shared,
    setup: flag,
    'job-groups': section('a mapping of job groups', jobGroup),
    workflows: either('a mapping of workflows', { mapping: workflows, nothing: any }),
    functions: any,
    experimental: any,
    notify: any,
  },
  any,
);

/** The sections that a config can have. */
export const SECTIONS = Object.keys(config.keys);
