import { commands } from '../../commands/list.js';
import type { Delivery } from '../../delivery/delivery.js';
import { mappingOf } from '../../yaml/mapping.js';
import type { Release } from '../orb/commands.js';
import { makeInlineOrb } from '../orb/inline.js';
import { releaseCommands } from '../orb/release.js';
import type { Plain } from '../plain.js';
import { OrbAlias } from '../sdk.js';
import type { CommentedJob } from './jobs.js';
import type { Entry, Section } from './render.js';

/** The name by which jobs call the orb. */
const ORB_ALIAS = 'build-once';

/** The orb, for jobs to call. */
export function makeOrbAlias(): OrbAlias {
  const called = ['install', ...Object.keys(releaseCommands), ...commands.map(({ name }) => name)];
  return new OrbAlias(ORB_ALIAS, called);
}

/**
 * Puts `orbs` to the other sections of a config: ours by reference, or as far as the jobs call it.
 * @param theirs orbs of the base
 */
export function addOrbs(
  sections: readonly Section[],
  {
    delivery,
    jobs,
    theirs,
    release,
  }: {
    readonly delivery: Delivery;
    readonly jobs: readonly CommentedJob[];
    readonly theirs: readonly Entry[];
    readonly release: Release;
  },
): readonly Section[] {
  const imported = delivery.orb === undefined ? [] : [{ key: ORB_ALIAS, value: delivery.orb }];
  const inline = delivery.orb === undefined ? inlineOrb(jobs, release) : [];
  const entries = [...imported, ...theirs, ...inline];
  if (entries.length === 0) return sections;
  const orbs = { key: 'orbs', entries };
  // An import is one line and stands first, as people expect; the orb itself is long and stands last.
  return inline.length === 0 ? [orbs, ...sections] : [...sections, orbs];
}

/** None where no job calls it. */
function inlineOrb(jobs: readonly CommentedJob[], release: Release): readonly Entry[] {
  const calls = new Map<string, Set<string>>();
  for (const step of jobs.flatMap(({ job }) => (job['steps'] ?? []) as readonly (string | Plain)[])) {
    const [[name, values] = ['', {}]] = typeof step === 'string' ? [[step, {}] as const] : Object.entries(step);
    if (!name.startsWith(`${ORB_ALIAS}/`)) continue;
    const command = name.slice(ORB_ALIAS.length + 1);
    const given = calls.get(command) ?? new Set();
    for (const parameter of Object.keys(mappingOf(values))) given.add(parameter);
    calls.set(command, given);
  }
  if (calls.size === 0) return [];
  const comment =
    'What the jobs above call. Every parameter reaches the program by the environment; no shell reads it.';
  return [{ key: ORB_ALIAS, value: makeInlineOrb(release, calls), comment }];
}
