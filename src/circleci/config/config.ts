import { commands } from '../../commands/list.js';
import type { Delivery } from '../../delivery/delivery.js';
import { mappingOf } from '../../yaml/mapping.js';
import { makeInlineOrb, type Release } from '../orb/orb.js';
import { releaseCommands } from '../orb/release.js';
import { OrbAlias, type Plain } from '../sdk.js';
import { makeJobs } from './jobs.js';
import type { Entry, Section } from './render.js';
import { makeWorkflows } from './workflows.js';

/** The name by which jobs call the orb. */
export const ORB_ALIAS = 'build-once';

/** What the project's own `.circleci/base.yml` adds. */
export interface BaseParts {
  readonly file: string;
  readonly jobs: Plain;
  readonly parts: Readonly<Record<string, Plain>>;
  readonly workflows: Plain;
}

/** The sections of `.circleci/config.yml`, in their order in the file. */
export function makeConfig(delivery: Delivery, base: BaseParts | undefined, release: Release): readonly Section[] {
  const called = ['install', ...Object.keys(releaseCommands), ...commands.map(({ name }) => name)];
  const orb = new OrbAlias(ORB_ALIAS, called);
  const jobs = makeJobs(delivery, orb, release);
  const own: readonly Entry[] = jobs.map(({ name, comment, job }) => ({ key: name, comment, value: job }));
  const theirs = entriesOf(base?.jobs ?? {}, `From ${base?.file}.`);
  const flows: readonly Entry[] = makeWorkflows(delivery).map(({ name, comment, workflow }) => ({
    key: name,
    comment,
    value: workflow,
  }));
  const parts = base?.parts ?? {};
  const section = (key: string, entries: readonly Entry[]): readonly Section[] =>
    entries.length === 0 ? [] : [{ key, entries }];
  const imports = [...importedOrb(delivery), ...entriesOf(parts['orbs'] ?? {}, `From ${base?.file}.`)];
  const inline = inlineOrb(
    delivery,
    jobs.map(({ job }) => job),
    release,
  );
  const orbs = section('orbs', [...imports, ...inline]);
  const known = ['parameters', 'executors', 'commands'].flatMap((key) =>
    section(key, entriesOf(parts[key] ?? {}, `From ${base?.file}.`)),
  );
  const workflows = [...flows, ...entriesOf(base?.workflows ?? {}, `From ${base?.file}.`)];
  const rest = [...known, ...section('jobs', [...theirs, ...own]), ...section('workflows', workflows)];
  // An import is one line and stands first, as people expect; the orb itself is long and stands last.
  const whole = inline.length === 0 ? [...orbs, ...rest] : [...rest, ...orbs];
  return [{ key: 'version', value: 2.1 }, ...whole];
}

function entriesOf(values: Plain, comment: string): readonly Entry[] {
  return Object.entries(values).map(([key, value], index) => (index === 0 ? { key, value, comment } : { key, value }));
}

function importedOrb({ orb }: Delivery): readonly Entry[] {
  return orb === undefined ? [] : [{ key: ORB_ALIAS, value: orb }];
}

function inlineOrb({ orb }: Delivery, jobs: readonly Plain[], release: Release): readonly Entry[] {
  if (orb !== undefined || jobs.length === 0) return [];
  const calls = new Map<string, Set<string>>();
  for (const step of jobs.flatMap((job) => (job['steps'] ?? []) as readonly (string | Plain)[])) {
    const [[name, values] = ['', {}]] = typeof step === 'string' ? [[step, {}] as const] : Object.entries(step);
    if (!name.startsWith(`${ORB_ALIAS}/`)) continue;
    const command = name.slice(ORB_ALIAS.length + 1);
    const given = calls.get(command) ?? new Set();
    for (const parameter of Object.keys(mappingOf(values))) given.add(parameter);
    calls.set(command, given);
  }
  const comment =
    'What the jobs above call. Every parameter reaches the program by the environment; no shell reads it.';
  return [{ key: ORB_ALIAS, value: makeInlineOrb(release, calls), comment }];
}
