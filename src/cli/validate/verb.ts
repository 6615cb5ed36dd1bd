import { format } from '../format.js';
import { orbOptions } from '../process/orb-options.js';
import { directory, type Verb } from '../verb.js';

export const validate: Verb = {
  name: 'validate',
  summary: 'Find what is wrong with any CircleCI config, offline.',
  description: `Checks configs, and sources of orbs, whoever wrote them: keys and values, names that lead nowhere, conditions that are never true, and what a config gives away. Every workflow is looked at, whatever its "when" says. Nothing is sent anywhere: an orb of the registry is taken as it is, unless --orb says where its source is.

Without a FILE it is .circleci/config.yml; "-" is standard input. Paths start in the folder that --directory names.

Comments silence what is found: "# cci-ignore" at the end of a line, "# cci-ignore-next-line", "# cci-ignore-start" to "# cci-ignore-end", and "# cci-ignore-file". Every rule has a page: docs/rules.md.`,
  argument: { name: 'FILE', several: true },
  options: {
    directory,
    format,
    rule: {
      type: 'string',
      value: 'NAME=WEIGHT',
      several: true,
      description: 'What a rule weighs: off, warning or error. May be given several times.',
    },
    ...orbOptions,
  },
  files: ['.circleci/config.yml'],
  exits: {
    0: 'There is no error, though there may be warnings.',
    1: 'There is an error.',
    2: 'A file is not there, or an option is wrong.',
  },
  examples: [
    { command: 'gen-config validate', what: 'check the config of this repository' },
    { command: 'gen-config validate -C ../shop', what: 'check that of another one' },
    {
      command: 'gen-config validate --format sarif > validate.sarif',
      what: 'for a code host that shows problems beside the lines',
    },
    {
      command: 'gen-config validate --rule unused-job=error --rule piped-download=off -',
      what: 'weigh rules otherwise, and read standard input',
    },
  ],
  seeAlso: ['gen-config process', 'docs/rules.md'],
  run: async () => {
    const { runValidate } = await import('../validate.js');
    return runValidate;
  },
};
