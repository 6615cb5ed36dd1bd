import type { Orb } from '../../circleci/orb/orb.js';
import type { Plain } from '../../circleci/sdk.js';
import { commands } from '../../commands/list.js';
import { ORB_NAME, VERSION } from '../../version.js';
import { stringifyYaml } from '../../yaml/stringify.js';

/** docs/orb.md: commands, jobs and executors with their parameters, and the examples, from the orb itself. */
export function orbReference(orb: Orb): string {
  const sections = [
    ...Object.entries(orb.commands).map(([name, command]) => commandSection(name, command)),
    '## Jobs',
    ...Object.entries(orb.jobs).map(([name, job]) => `### \`${name}\`\n\n${described(job)}`),
    '## Executors',
    Object.entries(orb.executors)
      .map(([name, { description }]) => `- \`${name}\`: ${String(description)}`)
      .join('\n'),
    '## Examples',
    ...Object.entries(orb.examples).map(exampleSection),
  ];
  return `# The orb

This page is made from the declarations of the commands. Import the orb with

\`\`\`yaml
orbs:
  build-once: ${ORB_NAME}@${VERSION}
\`\`\`

Each job starts with \`build-once/install\`, which puts the program \`build-once\` on the PATH. A string parameter may
hold \`$NAME\`: the program looks it up in the environment, and no shell is involved. Each command is also a subcommand,
\`build-once publish-image --help\`, with the same options.

## Commands

${sections.join('\n\n')}
`;
}

function commandSection(name: string, command: Plain): string {
  const words = commands.find((declared) => declared.name === name);
  const text = words === undefined ? '' : `${words.summary} ${words.description}\n\n`;
  return words === undefined
    ? `### \`${name}\`\n\n${described(command)}`
    : `### \`${name}\`\n\n${text}${table(command)}`;
}

function described(element: Plain): string {
  return `${String(element['description'])}\n\n${table(element)}`;
}

function table(element: Plain): string {
  const parameters = Object.entries((element['parameters'] ?? {}) as Readonly<Record<string, Plain>>);
  const rows = parameters.map(([name, { type, description, default: value }]) => {
    const fallback =
      value === undefined
        ? 'required'
        : value === ''
          ? 'empty'
          : name === 'integrity'
            ? 'as pinned by the orb'
            : `\`${String(value)}\``;
    return `| \`${name}\` | ${String(type)} | ${String(description).replaceAll('|', '\\|')} | ${fallback} |`;
  });
  return `| parameter | type | what it says | default |\n|---|---|---|---|\n${rows.join('\n')}`;
}

function exampleSection([name, example]: readonly [string, Plain]): string {
  const title = `### ${name.replaceAll('_', ' ')}`;
  return `${title}\n\n${String(example['description'])}\n\n\`\`\`yaml\n${stringifyYaml(example['usage'])}\`\`\``;
}
