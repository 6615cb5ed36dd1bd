import { commands } from '../../commands/list.js';
import type { Plain } from '../plain.js';
import { install, orbCommand, type Release } from './commands.js';
import { executors } from './executors.js';
import { makeJobs } from './jobs.js';
import { releaseCommands } from './release.js';

/** What a config can refer to in an orb, each by its name. */
export interface Elements {
  readonly commands: Readonly<Record<string, Plain>>;
  readonly executors: Readonly<Record<string, Plain>>;
  readonly jobs: Readonly<Record<string, Plain>>;
}

/** The elements of the orb, from the command declarations. */
export function makeElements(release: Release): Elements {
  const declared = commands.map((command): [string, Plain] => [command.name, orbCommand(command)]);
  return {
    commands: { install: install(release), ...Object.fromEntries(declared), ...releaseCommands },
    executors,
    jobs: makeJobs(),
  };
}
