import { commands } from '../../commands/list.js';
import type { Plain } from '../plain.js';
import { install, orbCommand, type Release } from './commands.js';
import { releaseCommands } from './release.js';

/**
 * The part of the orb that a config holds: the commands that it calls with the parameters that it gives, without the
 * words about them, which are in the reference. No jobs, no executors, no examples.
 * @param calls the parameters that are given in any call, by command
 */
export function makeInlineOrb(release: Release, calls: ReadonlyMap<string, ReadonlySet<string>>): Plain {
  // What no job gives is left to the program, whose defaults are those of the same declaration.
  const declared = commands.map((command): [string, Plain] => {
    const given = Object.entries(command.parameters).filter(([name]) => calls.get(command.name)?.has(name) === true);
    const made = orbCommand({ ...command, parameters: Object.fromEntries(given) });
    return [command.name, { ...made, description: command.summary }];
  });
  const all: [string, Plain][] = [['install', install(release)], ...declared, ...Object.entries(releaseCommands)];
  const kept = all.filter(([name]) => calls.has(name));
  return { commands: Object.fromEntries(kept.map(([name, command]) => [name, withoutWords(command)])) };
}

/** A command without the descriptions of its parameters. */
function withoutWords(command: Plain): Plain {
  const parameters = Object.entries(command['parameters'] as Readonly<Record<string, Plain>>);
  const bare = parameters.map(([name, { description: _, ...kept }]) => [name, kept]);
  return { ...command, parameters: Object.fromEntries(bare) };
}
