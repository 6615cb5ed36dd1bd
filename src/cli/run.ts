import { parseArgs } from 'node:util';
import { suggest } from '../diagnostic/suggest.js';
import type { Io } from '../io/io.js';
import { VERSION } from '../version.js';

const HELP = `gen-config: writes a CircleCI config that builds an image once and ships the same digest everywhere.

Usage: gen-config [generate] [--directory DIR] [--force]
       gen-config check [--directory DIR]

  generate  Read .circleci/build-once.yml (and .circleci/base.yml) and write .circleci/config.yml. The default.
  check     Compare .circleci/config.yml with what generate would write; print the difference.

  --directory DIR  The repository. Default: the current folder.
  --force          Overwrite a config.yml that gen-config did not write.
  --help           This text.
  --version        The version.

Exit codes: 0 done or current, 1 check found a difference, 2 wrong usage or a problem in the spec, 3 a bug of gen-config.
`;

const VERBS = ['generate', 'check'] as const;

/** `gen-config ARGS`. Each verb is loaded when it is called. */
export async function runGenConfig(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args);
  if (typeof read === 'string') {
    io.stderr.write(`gen-config: ${read}\n  -> gen-config --help lists what there is.\n`);
    return 2;
  }
  const { verb, directory, force } = read;
  if (read.help) {
    io.stdout.write(HELP);
    return 0;
  }
  if (read.version) {
    io.stdout.write(`gen-config ${VERSION}\n`);
    return 0;
  }
  switch (verb) {
    case 'generate':
      return (await import('./generate.js')).generate({ directory, force }, io);
    case 'check':
      return (await import('./check.js')).check({ directory }, io);
  }
}

interface Arguments {
  readonly verb: (typeof VERBS)[number];
  readonly directory: string;
  readonly force: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const OPTIONS = {
  directory: { type: 'string', short: 'C' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

function readArguments(args: readonly string[]): Arguments | string {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [word = 'generate', surplus] = positionals;
    const verb = VERBS.find((known) => known === word);
    if (verb === undefined) {
      const near = suggest(word, VERBS);
      return `there is no verb "${word}"${near === undefined ? '' : `, did you mean "${near}"?`}`;
    }
    if (surplus !== undefined) return `"${surplus}" is one word too many`;
    if (verb === 'check' && values.force === true) return '--force goes with generate';
    const { directory = '.', force = false, help = false, version = false } = values;
    return { verb, directory, force, help, version };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const flag = /'--([^' =]+)/.exec(error.message)?.[1];
    const near = flag === undefined ? undefined : suggest(flag, Object.keys(OPTIONS));
    const [message = ''] = error.message.split('. ');
    return `${message.charAt(0).toLowerCase()}${message.slice(1)}${near === undefined || near === flag ? '' : `, did you mean --${near}?`}`;
  }
}
