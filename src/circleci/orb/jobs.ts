import { buildImage } from '../../commands/build-image/declaration.js';
import type { Command } from '../../commands/command.js';
import { deploy as deployCommand } from '../../commands/deploy/declaration.js';
import { directory } from '../../commands/parameters.js';
import { passImage } from '../../commands/pass-image/declaration.js';
import { publishImage } from '../../commands/publish-image/declaration.js';
import { runMigration } from '../../commands/run-migration/declaration.js';
import { verifyImage } from '../../commands/verify-image/declaration.js';
import type { Plain } from '../sdk.js';
import { declareParameters } from './parameters.js';

/** Parameters that a job does not pass on: the job fixes them, or the steps hand them to each other. */
const FIXED = ['directory', 'dry_run', 'image'];

function parametersOf(...sources: readonly Pick<Command, 'parameters'>[]): Readonly<Record<string, Plain>> {
  const all = sources.flatMap(({ parameters }) => Object.entries(declareParameters(parameters)));
  return Object.fromEntries(all.filter(([name]) => !FIXED.includes(name)));
}

/** Calls a command with every parameter of the same name that the job has. */
function pass(command: Pick<Command, 'name' | 'parameters'>, names: readonly string[]): Plain {
  const passed = Object.keys(command.parameters).filter((name) => names.includes(name));
  return { [command.name]: Object.fromEntries(passed.map((name) => [name, `<< parameters.${name} >>`])) };
}

const executor = (value: string): Plain => ({
  type: 'executor',
  description: 'Executor of the job.',
  default: value,
});

function build(): Plain {
  // A job cannot have a parameter `context`: a workflow names the contexts of the job by it.
  const { context, ...others } = parametersOf(buildImage);
  const parameters = { ...others, path: context };
  const [[name, values] = ['', {}]] = Object.entries(pass(buildImage, Object.keys(parameters)));
  return {
    description: "Build the commit's image for one platform, on an executor of that platform, and push it by digest.",
    parameters: { ...parameters, executor: executor('linux_amd64') },
    executor: '<< parameters.executor >>',
    steps: [
      'checkout',
      'install',
      { [name]: { ...(values as Plain), context: '<< parameters.path >>' } },
      { persist_to_workspace: { root: directory.default, paths: ['.'] } },
    ],
  };
}

function publish(): Plain {
  const parameters = parametersOf(publishImage);
  const names = Object.keys(parameters);
  return {
    description: 'Join the images of the build jobs into one index and tag it with the commit SHA, once.',
    parameters: { ...parameters, executor: executor('node') },
    executor: '<< parameters.executor >>',
    steps: ['install', { attach_workspace: { at: directory.default } }, pass(publishImage, names)],
  };
}

function deploy(): Plain {
  const parameters = {
    ...parametersOf(verifyImage, deployCommand),
    migration: {
      type: 'string',
      description: 'Command of the database migration, as a JSON list of strings. Empty: none.',
      default: '',
    },
    migration_workload: {
      type: 'string',
      description: "Workload whose Pod the migration's is like. Needed with migration.",
      default: '',
    },
    migration_timeout: {
      type: 'string',
      description: runMigration.parameters.timeout.description,
      default: runMigration.parameters.timeout.default,
    },
  };
  const names = Object.keys(parameters).filter((name) => name !== 'timeout');
  const [[, migrationValues] = ['', {}]] = Object.entries(pass(runMigration, names));
  return {
    description: 'Verify the digest, migrate the database, deploy, and mark the digest as passed by the environment.',
    parameters: { ...parameters, executor: executor('node') },
    executor: '<< parameters.executor >>',
    steps: [
      'install',
      pass(verifyImage, names),
      {
        when: {
          condition: '<< parameters.migration >>',
          steps: [
            {
              run_migration: {
                ...(migrationValues as Plain),
                command: '<< parameters.migration >>',
                workload: '<< parameters.migration_workload >>',
                timeout: '<< parameters.migration_timeout >>',
              },
            },
          ],
        },
      },
      pass(deployCommand, [...names, 'timeout']),
      pass(passImage, names),
    ],
  };
}

/** The orb's jobs, for people who write their own config. */
export const jobs: Readonly<Record<string, Plain>> = { build: build(), publish: publish(), deploy: deploy() };
