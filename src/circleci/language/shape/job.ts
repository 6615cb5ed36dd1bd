import type { Mapping } from '../../../yaml/mapping.js';
import { environmentKeys } from './executor.js';
import { parameters } from './parameters.js';
import {
  any,
  choice,
  depends,
  deprecated,
  either,
  flag,
  list,
  required,
  type Shape,
  table,
  text,
  textLike,
  whole,
} from './shape.js';
import { steps } from './steps.js';

/** Types of jobs. `lock` and `unlock` are what CircleCI makes of a serial group. */
const JOB_TYPES = ['build', 'release', 'no-op', 'approval', 'lock', 'unlock'];

const days = textLike(/^(?:[1-9]|[12]\d|30)d$/, 'a number of days from "1d" to "30d"');

/** Letters, digits and a few signs ("Controlling serial execution across your organization"). */
const serialGroup = textLike(/^[A-Za-z0-9._/-]+$/, 'letters, digits, ".", "_", "/" and "-"');

const build = table(
  'a job',
  {
    ...environmentKeys,
    type: choice(JOB_TYPES),
    description: text,
    executor: either('the name of an executor, or a mapping with its "name"', {
      text,
      mapping: table('"executor"', { name: required(text) }, any),
    }),
    parameters: parameters('job'),
    steps: required(steps),
    parallelism: whole(0),
    retention: table('"retention"', { caches: days }),
    circleci_ip_ranges: flag,
    branches: deprecated(any, 'filter the job in its workflow: "filters"'),
  },
  'refused',
  [['docker', 'machine', 'macos', 'windows', 'executor']],
);

const webhook = table('a webhook', {
  name: required(text),
  provider: required(choice(['datadog', 'prometheus', 'grafana', 'alertmanager', 'custom'])),
  data_points: whole(1),
  fail_when: any,
  max_failures: whole(0),
});

const validation = table('"validation"', {
  enabled: required(flag),
  evaluation_time: text,
  auto_rollback_on_failure: flag,
  webhooks: list(webhook),
});

const lockKeys = { type: text, key: required(serialGroup), description: text, parameters: parameters('job') };

/** What CircleCI makes of a serial group has its key and no more. A job of another type may have what it does not use. */
const byType: Readonly<Record<string, Shape>> = {
  release: table('a release job', { type: text, plan_name: required(text), validation }, any),
  lock: table('a lock job', lockKeys),
  unlock: table('an unlock job', lockKeys),
  approval: any,
  'no-op': any,
};

/** A job of the config, or the name of an orb's job: `ORB/NAME`. */
export const job: Shape = either('a job', {
  text: textLike(/^[^/\s]+\/[^/\s]+$/, 'the job of an orb, ORB/NAME'),
  mapping: depends('a job', (value: Mapping) => byType[String(value['type'])] ?? build),
});

/** A command of the config, or the name of an orb's command. */
export const command: Shape = either('a command', {
  text: textLike(/^[^/\s]+\/[^/\s]+$/, 'the command of an orb, ORB/NAME'),
  mapping: table('a command', { description: text, parameters: parameters('command'), steps: required(steps) }),
});
