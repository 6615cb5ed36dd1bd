import { companions } from './companions/verb.js';
import { format } from './format.js';
import { init } from './init/verb.js';
import { process } from './process/verb.js';
import { status } from './status/verb.js';
import { validate } from './validate/verb.js';
import { directory, type Verb, type VerbValues } from './verb.js';

const generate: Verb = {
  name: 'generate',
  summary: 'Write .circleci/config.yml from the spec. The default verb.',
  description: `Reads .circleci/build-once.yml, and .circleci/base.yml where there is one, and writes .circleci/config.yml: a whole file or nothing. When it is current already, nothing is touched. With "install: vendored" in the spec, .circleci/build-once.mjs is written beside it.

A config.yml that gen-config did not write is left as it is, unless --force says otherwise.`,
  options: {
    directory,
    force: { type: 'boolean', description: 'Overwrite a config.yml that gen-config did not write.' },
  },
  files: ['.circleci/build-once.yml', '.circleci/base.yml', '.circleci/config.yml', '.circleci/build-once.mjs'],
  exits: {
    2: 'Wrong usage, a problem in the spec, or a config.yml that gen-config did not write. Nothing was written.',
  },
  examples: [
    { command: 'gen-config', what: 'write the config of this repository' },
    { command: 'gen-config -C services/shop', what: 'write that of another folder' },
    { command: 'gen-config --force', what: 'replace a config.yml that was written by hand; git has the old one' },
  ],
  seeAlso: ['gen-config check', 'gen-config explain', 'docs/spec.md', 'docs/diagnostics.md'],
  run: async () => {
    const { generate } = await import('./generate.js');
    return (values, io) => generate({ directory: text(values['directory']), force: values['force'] === true }, io);
  },
};

const check: Verb = {
  name: 'check',
  summary: 'Say whether .circleci/config.yml is what the spec says.',
  description: `Compares what generate would write with what is there. When they differ, since the config is stale or was edited by hand, it shows the difference and the command that mends it. Writes nothing.

It is meant for a pre-commit hook, and for a CI job: "check: true" in the spec adds one to the config.`,
  options: {
    directory,
    format,
  },
  files: ['.circleci/build-once.yml', '.circleci/base.yml', '.circleci/config.yml', '.circleci/build-once.mjs'],
  exits: { 0: 'The files are what the spec says.', 1: 'A file is not what the spec says; the difference is shown.' },
  examples: [
    { command: 'gen-config check', what: 'show the difference and the command that mends it' },
    { command: 'gen-config check --format junit > reports/gen-config.xml', what: 'in a job, for store_test_results' },
    { command: 'gen-config check --format sarif', what: 'for a code host that shows problems beside the lines' },
  ],
  seeAlso: ['gen-config generate', 'docs/troubleshooting.md'],
  run: async () => {
    const { check } = await import('./check.js');
    return (values, io) => check({ directory: text(values['directory']), format: text(values['format'], 'human') }, io);
  },
};

const explain: Verb = {
  name: 'explain',
  summary: 'Say in plain sentences what will happen, and who holds what.',
  description:
    'For the spec of this repository: what a push, a merge and a git tag start, where a person is asked, what each job needs, who may approve, and what to do when something is to be undone. Reads files only.',
  options: { directory },
  files: ['.circleci/build-once.yml', '.circleci/base.yml'],
  exits: {},
  examples: [
    { command: 'gen-config explain', what: 'read what the pipeline will do before you merge it' },
    {
      command: 'gen-config explain > docs/pipeline.txt',
      what: 'keep it beside the code; standard output is the text alone',
    },
  ],
  seeAlso: ['gen-config check', 'docs/guarantee.md'],
  run: async () => {
    const { explain } = await import('./explain.js');
    return (values, io) => explain({ directory: text(values['directory']) }, io);
  },
};

const schema: Verb = {
  name: 'schema',
  summary: 'Print the JSON Schema of the spec.',
  description:
    'The schema that editors complete and check .circleci/build-once.yml with. The same is in the package as gen-config/schema.json.',
  options: {},
  files: [],
  exits: {},
  examples: [{ command: 'gen-config schema > build-once.schema.json', what: 'keep it where an editor finds it' }],
  seeAlso: ['docs/spec.md'],
  run: async () => {
    const { printSchema } = await import('./schema.js');
    return async (_, io) => printSchema(io);
  },
};

const upgrade: Verb = {
  name: 'upgrade',
  summary: 'Bring the spec to the newest version of its format.',
  description:
    'Reads the spec and, when its format has a newer version, writes it in that one. There is one version so far. To take a newer gen-config, run that version: npx gen-config@latest.',
  options: { directory },
  files: ['.circleci/build-once.yml', '.circleci/base.yml'],
  exits: {},
  examples: [{ command: 'gen-config upgrade', what: 'after a new major version of gen-config' }],
  seeAlso: ['gen-config generate'],
  run: async () => {
    const { upgrade } = await import('./upgrade.js');
    return (values, io) => upgrade({ directory: text(values['directory']) }, io);
  },
};

const eject: Verb = {
  name: 'eject',
  summary: 'Leave gen-config behind: keep the config, lose the generator.',
  description:
    'Takes the mark out of .circleci/config.yml, so that it is a config like any other, and says what is lost and which files are no longer used. The config must be current. Deletes nothing.',
  options: { directory },
  files: ['.circleci/build-once.yml', '.circleci/base.yml', '.circleci/config.yml'],
  exits: {
    1: 'config.yml is not what the spec says, so nothing was changed.',
    2: 'Wrong usage, a problem in the spec, or a config.yml without the mark of gen-config. Nothing was changed.',
  },
  examples: [{ command: 'gen-config && gen-config eject', what: 'go on by hand, from a config that is current' }],
  seeAlso: ['gen-config generate', 'docs/adopting.md'],
  run: async () => {
    const { eject } = await import('./eject.js');
    return (values, io) => eject({ directory: text(values['directory']) }, io);
  },
};

const completion: Verb = {
  name: 'completion',
  summary: 'Print the completion of a shell.',
  description: 'Prints a script that completes verbs and options; what to do with it is in its first lines.',
  options: {},
  argument: { name: 'SHELL', choices: ['bash', 'zsh', 'fish'] },
  files: [],
  exits: {},
  examples: [
    { command: 'gen-config completion bash >> ~/.bashrc', what: 'complete in bash' },
    { command: 'gen-config completion zsh > ~/.zfunc/_gen-config', what: 'in zsh, with ~/.zfunc in $fpath' },
    { command: 'gen-config completion fish > ~/.config/fish/completions/gen-config.fish', what: 'in fish' },
  ],
  seeAlso: ['gen-config --help'],
  run: async () => {
    const { printCompletion } = await import('./completion.js');
    return async (_, io, [shell = '']) => printCompletion(shell, verbs, io);
  },
};

/** Every verb, in the order in which a team meets them. */
export const verbs: readonly Verb[] = [
  init,
  generate,
  check,
  validate,
  process,
  explain,
  companions,
  status,
  schema,
  upgrade,
  eject,
  completion,
];

function text(value: VerbValues[string], fallback = '.'): string {
  return typeof value === 'string' ? value : fallback;
}
