import { EVENTS } from '../../circleci/language/pipeline-events.js';
import { directory, type Verb } from '../verb.js';
import { orbOptions } from './orb-options.js';

export const process: Verb = {
  name: 'process',
  summary: 'Compile any CircleCI config, offline, and print what comes out.',
  description: `Prints the config as CircleCI's compiler leaves it: orbs, commands, executors, matrices and parameters are replaced by what they stand for, and workflows that do not run are left out. Nothing is sent anywhere.

Pipeline parameters have their defaults. Any other pipeline value is known when --value, --parameter or --event says it; what depends on one that is not known stays as it is, and the output is then a config of version 2.1.

An orb of the registry or of an address is looked for in what --orb says, and in the folder .circleci/orbs: NAMESPACE/NAME@VERSION.yml, or the address without "https://". One that is not found is left as it is, and a note says so.

Without a FILE it is .circleci/config.yml; "-" is standard input. Paths start in the folder that --directory names.`,
  argument: { name: 'FILE' },
  options: {
    directory,
    value: {
      type: 'string',
      value: 'NAME=VALUE',
      several: true,
      description: 'A pipeline value: pipeline.git.branch=main. May be given several times.',
    },
    parameter: {
      type: 'string',
      value: 'NAME=VALUE',
      several: true,
      description: 'A pipeline parameter that the config declares. May be given several times.',
    },
    event: {
      type: 'string',
      value: 'EVENT',
      choices: EVENTS,
      description: 'What starts the pipeline: it gives the values that follow from that alone.',
    },
    ...orbOptions,
  },
  files: ['.circleci/config.yml'],
  exits: {
    0: 'The config compiles.',
    1: 'CircleCI would refuse it; what is wrong is shown.',
    2: 'A file is not there, or an option is wrong.',
  },
  examples: [
    { command: 'gen-config process --value pipeline.git.branch=main', what: 'what a push to main runs' },
    {
      command: 'gen-config process --parameter run-e2e=true --event api',
      what: 'what a pipeline does that is started with a parameter',
    },
    {
      command: 'gen-config process --orb circleci/node@7.1.0=node.yml -',
      what: 'read standard input, and look into an orb',
    },
  ],
  seeAlso: ['gen-config validate', 'docs/process.md'],
  run: async () => {
    const { processFile } = await import('../process.js');
    return processFile;
  },
};
