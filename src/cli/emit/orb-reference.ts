import type { Orb } from '../../circleci/orb/orb.js';
import type { Plain } from '../../circleci/plain.js';
import { commands } from '../../commands/list.js';
import { ORB_NAME, VERSION } from '../../version.js';
import { isMapping, mappingOf } from '../../yaml/mapping.js';
import { stringifyYaml } from '../../yaml/stringify.js';
import { parameterTable } from './parameter-table.js';

type Elements = Readonly<Record<string, Plain>>;

/** docs/orb.md: jobs, commands and executors with their parameters, and the examples, from the orb itself. */
export function orbReference(orb: Orb): string {
  return `# The orb

For people who write their own config. This page is made from the orb: every parameter with its type, its default and
what it says, and examples that are whole configs.

\`\`\`yaml
orbs:
  build-once: ${ORB_NAME}@${VERSION}
\`\`\`

An organization has to allow uncertified orbs once, in its security settings. [generated/orb.yml](../generated/orb.yml) is
the orb in one file, to publish under a namespace of your own.

| job | what it does |
|---|---|
${contents('Job', orb.jobs)}

| command | what it does |
|---|---|
${contents('Command', orb.commands)}

| executor | what it is |
|---|---|
${contents('Executor', orb.executors)}

| example | what it shows |
|---|---|
${exampleContents(orb.examples)}

## What holds for all of them

- **The jobs are the way of an image**: one \`build\` per platform, one \`publish\`, one \`deploy\` per environment. A
  \`deploy\` with \`after\` demands the proof that the environment named there has run this very digest.
- **A string may be \`$NAME\`.** The program looks it up in the environment of the job; no shell reads any parameter.
- **Logging in**: \`role\` is an IAM role that is assumed with the job's OIDC token, for ECR and EKS: nothing is stored, no
  context is needed. \`username\` and \`password\` name the variables of a context, for any other registry.
- **Steps of your own** go into the jobs by the parameters of type \`steps\`. They run in the job's folder, where
  \`.build-once/release.json\` names the image as soon as it is known. Steps that need the repository come after a
  checkout, which needs an empty folder: \`pre-steps: [checkout]\` of the invocation.
- **Machines**: every job takes an \`executor\`, by its name or with its parameters. One of your own needs Node 20 or
  later, and for \`build\` Docker on the platform's own processor; secrets and attestations need its buildx.
- **Two pipelines at once**: give each \`deploy\` a \`serial-group\` of its environment, as the examples do.
- **In a job of your own** \`build-once/install\` comes first: it puts the program \`build-once\` on the PATH. Each command is
  also a subcommand with the same options: \`build-once publish-image --help\`.

## Jobs

${sections('Job', orb.jobs, (_, job) => `${described(job)}\n\nIts steps: ${stepNames(job['steps']).join(' → ')}.\n\n${parameterTable(job)}`)}

## Commands

${sections('Command', orb.commands, (name, command) => `${wordsOf(name) ?? described(command)}\n\n${parameterTable(command)}`)}

## Executors

${sections('Executor', orb.executors, (_, executor) => `${described(executor)}\n\n${parameterTable(executor)}`)}

A job with a larger machine:

\`\`\`yaml
${stringifyYaml({ 'build-once/build': { executor: { name: 'build-once/linux_amd64', resource_class: 'large' } } })}\`\`\`

## Examples

${Object.entries(orb.examples).map(exampleSection).join('\n\n')}
`;
}

/** The rows of a table of contents. */
function contents(kind: string, elements: Elements): string {
  const rows = Object.entries(elements).map(
    ([name, element]) => `| [\`${name}\`](#${kind.toLowerCase()}-${name}) | ${firstSentence(element)} |`,
  );
  return rows.join('\n');
}

function exampleContents(examples: Elements): string {
  const rows = Object.entries(examples).map(
    ([name, example]) =>
      `| [${title(name)}](#${title(name).toLowerCase().replaceAll(' ', '-')}) | ${firstSentence(example)} |`,
  );
  return rows.join('\n');
}

function firstSentence(element: Plain): string {
  return described(element).split(/(?<=\.) /)[0] ?? '';
}

/** A job and a command may have one name, so their headings say what they are. */
function sections(kind: string, elements: Elements, text: (name: string, element: Plain) => string): string {
  const made = Object.entries(elements).map(([name, element]) => `### ${kind} \`${name}\`\n\n${text(name, element)}`);
  return made.join('\n\n');
}

function described(element: Plain): string {
  return String(element['description']);
}

/** What a declared command says of itself, in two paragraphs. */
function wordsOf(name: string): string | undefined {
  const command = commands.find((declared) => declared.name === name);
  return command === undefined ? undefined : `${command.summary}\n\n${command.description}`;
}

/** What a job does, step by step; a steps parameter stands for the steps that it is given. */
function stepNames(steps: unknown): readonly string[] {
  return (Array.isArray(steps) ? steps : []).flatMap((step) => {
    if (!isMapping(step)) return [`\`${step}\``];
    const [[name, value] = ['', undefined]] = Object.entries(step);
    if (name === 'when') return stepNames(mappingOf(value)['steps']);
    const { status } = mappingOf(value);
    if (name !== 'steps') return [`\`${name}\`${status === undefined ? '' : ` ${status}`}`];
    return [`*${/parameters\.(\w+)/.exec(String(value))?.[1]}*`];
  });
}

function exampleSection([name, example]: readonly [string, Plain]): string {
  return `### ${title(name)}\n\n${described(example)}\n\n\`\`\`yaml\n${stringifyYaml(example['usage'])}\`\`\``;
}

/** `Release a git tag` for `release_a_git_tag`. */
function title(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
