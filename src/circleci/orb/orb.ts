import { type Command, variableOf, verbOf } from '../../commands/command.js';
import { commands } from '../../commands/list.js';
import { SOURCE_URL } from '../../version.js';
import type { Plain } from '../sdk.js';
import { examples } from './examples/examples.js';
import { executors } from './executors.js';
import { INSTALL_SCRIPT } from './install-script.js';
import { jobs } from './jobs.js';
import { declareParameters } from './parameters.js';
import { releaseCommands } from './release.js';

/** The release of the program that the orb installs. */
export interface Release {
  /** Version on npm. */
  readonly version: string;
  /** Hash of dist/build-once.mjs in that version, as in subresource integrity: `sha512-` and base64. */
  readonly integrity: string;
}

/** An orb by sections, each an object by name: the source form of O/author "orb structure". */
export interface Orb {
  readonly version: 2.1;
  readonly description: string;
  readonly display: Plain;
  readonly commands: Readonly<Record<string, Plain>>;
  readonly executors: Readonly<Record<string, Plain>>;
  readonly jobs: Readonly<Record<string, Plain>>;
  readonly examples: Readonly<Record<string, Plain>>;
}

/** Makes the orb from the command declarations. */
export function makeOrb(release: Release): Orb {
  const declared = commands.map((command): [string, Plain] => [command.name, orbCommand(command)]);
  return {
    version: 2.1,
    description:
      'Build an image once, prove it in staging, approve it, ship the same digest: build, publish, verify, migrate, deploy. Written by gen-config.',
    display: { home_url: SOURCE_URL, source_url: SOURCE_URL },
    commands: { install: install(release), ...Object.fromEntries(declared), ...releaseCommands },
    executors,
    jobs,
    examples,
  };
}

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

function orbCommand(command: Command): Plain {
  const names = Object.keys(command.parameters);
  return {
    description: `${command.summary} ${command.description}`,
    parameters: declareParameters(command.parameters),
    steps: [
      {
        run: {
          name: stepName(command.name),
          command: `build-once ${verbOf(command)}`,
          environment: Object.fromEntries(names.map((name) => [variableOf(name), `<< parameters.${name} >>`])),
        },
      },
    ],
  };
}

/** `Build image` for `build_image`. */
function stepName(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function install({ version, integrity }: Release): Plain {
  return {
    description:
      'Put the program build-once on the PATH of the steps that follow: from npm by version, checked against its hash before it runs, or from a file of the repository.',
    parameters: {
      version: { type: 'string', description: 'Version of gen-config on npm.', default: version },
      integrity: {
        type: 'string',
        description: 'Hash of dist/build-once.mjs in that version: sha512- and base64.',
        default: integrity,
      },
      path: {
        type: 'string',
        description: 'Path of a build-once.mjs in the repository, taken instead of npm. Check out first.',
        default: '',
      },
    },
    steps: [
      {
        run: {
          name: 'Install build-once',
          command: INSTALL_SCRIPT,
          environment: {
            BUILD_ONCE_VERSION: '<< parameters.version >>',
            BUILD_ONCE_INTEGRITY: '<< parameters.integrity >>',
            BUILD_ONCE_PATH: '<< parameters.path >>',
          },
        },
      },
    ],
  };
}
