import type { Mapping } from '../../../yaml/mapping.js';
import { any, choice, depends, either, list, map, required, type Shape, table, text, whole } from './shape.js';
import { logic, steps } from './steps.js';

/** How a job that is required may have ended. `terminal` stands for all of them. */
export const STATUSES = ['success', 'failed', 'canceled', 'unauthorized', 'not_run', 'terminal'];

const status = choice(STATUSES);

const requirement = either('the name of a job, or a mapping of it to a status', {
  text,
  number: text,
  mapping: map(
    'a mapping of a job to a status',
    either('a status or a list of them', { text: status, list: list(status) }),
  ),
});

const specifiers = either('a name, a /pattern/, or a list of them', {
  text,
  number: text,
  list: list(text),
  nothing: any,
});

const only = either('"only" or "ignore"', {
  mapping: table('a filter', { only: specifiers, ignore: specifiers }),
  nothing: any,
});

const filters = either('an expression, or a mapping with "branches" or "tags"', {
  text: any,
  mapping: table('"filters"', { branches: only, tags: only }),
  nothing: any,
});

const matrix = table('a matrix', {
  parameters: required(
    either('a mapping of parameters to lists', {
      mapping: map('a mapping of parameters to lists', either('a list of values', { list: list(any), nothing: any })),
    }),
  ),
  exclude: list(map('a mapping of parameters to values', any)),
  alias: text,
});

const approval = choice(['approval'], 'define the job under "jobs": only an approval can be defined in a workflow');

/** The keys under a job of a workflow that are CircleCI's own (configuration reference, "jobs" of workflows). */
export const invocationKeys = {
  name: text,
  requires: either('a list of jobs', { list: list(requirement), nothing: any }),
  context: either('a context or a list of them', { text, list: list(text), nothing: any }),
  type: approval,
  filters,
  matrix,
  'pre-steps': steps,
  'post-steps': steps,
  'serial-group': text,
  'override-with': text,
};

const body = either('a mapping', { mapping: table('a job of a workflow', invocationKeys, any), nothing: any });

const invocation = either('the name of a job, or a mapping with one key', {
  text,
  // Further keys are a rule's business: they are mostly what should stand below the first.
  mapping: depends('a job of a workflow', (value: Mapping) => (Object.keys(value).length > 1 ? any : bodies)),
});

const bodies = map('a job of a workflow', body);

const invocations = either('a list of jobs', { list: list(invocation) });

/** A key of `schedule`, under `triggers` of a workflow. */
const schedule = table('a schedule', {
  cron: required(text),
  filters: table('"filters"', { branches: only, tags: only }),
});

const triggers = either('a list of triggers', { list: list(table('a trigger', { schedule: required(schedule) })) });

const workflow: Shape = table(
  'a workflow',
  { jobs: required(invocations), when: logic, unless: logic, max_auto_reruns: whole(1, 5), triggers },
  'ignored',
);

/** All workflows, by name; `version` is a number among them. */
export const workflows: Shape = depends('a mapping of workflows', (value: Mapping) =>
  table('workflows', 'version' in value ? { version: any } : {}, workflow),
);

/** A group of jobs that is invoked like one (guide "Controlling serial execution across your organization"). */
export const jobGroup: Shape = table('a job group', { jobs: required(invocations), description: text });
