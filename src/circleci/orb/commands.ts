import { type Command, variableOf, verbOf } from '../../commands/command.js';
import type { Plain } from '../plain.js';
import { INSTALL_SCRIPT } from './install-script.js';
import { declareParameters } from './parameters.js';

/** The release of the program that the orb installs. */
export interface Release {
  /** Version on npm. */
  readonly version: string;
  /** Hash of dist/build-once.mjs in that version, as in subresource integrity: `sha512-` and base64. */
  readonly integrity: string;
}

/** The orb's command for a command of the program. */
export function orbCommand(command: Command): Plain {
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

/** The orb's command that installs the program. */
export function install({ version, integrity }: Release): Plain {
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
