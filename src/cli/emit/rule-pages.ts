import type { GeneratedFile } from '../../circleci/generate.js';
import { rules } from '../../circleci/language/rules/list.js';
import { codeOf, type Rule } from '../../circleci/language/rules/rule.js';
import type { Io } from '../../io/io.js';

const GROUPS: readonly (readonly [Rule['group'], string, string])[] = [
  ['shape', 'Shape', 'Keys and values that are not what CircleCI takes.'],
  ['meaning', 'Meaning', 'Configs of the right shape that CircleCI refuses, or that do not do what they say.'],
  ['delivery', 'Delivery', 'Ways round an approval, and images that are not what was tested.'],
  ['security', 'Security', 'What a config gives away, and to whom.'],
];

/** docs/rules.md, and a page for each rule with its examples and the exact words of what is found. */
export async function rulePages(io: Io): Promise<readonly GeneratedFile[]> {
  const pages = await Promise.all(
    rules.map(async (rule) => ({ path: `docs/rules/${rule.name}.md`, text: await rulePage(rule, io) })),
  );
  return [{ path: 'docs/rules.md', text: overview() }, ...pages];
}

function overview(): string {
  const sections = GROUPS.map(([group, title, about]) => {
    const rows = rules
      .filter((rule) => rule.group === group)
      .map(({ name, weight, summary }) => `| [\`${name}\`](rules/${name}.md) | ${weight} | ${summary} |`);
    return rows.length === 0
      ? ''
      : `## ${title}\n\n${about}\n\n| rule | weight | finds |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Rules

What \`gen-config validate\` looks for in a CircleCI config. An *error* is what CircleCI would refuse, or what defeats an
approval; everything else is a *warning*. \`--rule NAME=off\`, \`=warning\` or \`=error\` weighs a rule otherwise, and a
comment silences what is found at a place: \`# cci-ignore\` at the end of its line, \`# cci-ignore-next-line\`,
\`# cci-ignore-start\` to \`# cci-ignore-end\`, and \`# cci-ignore-file\`.

${sections.filter((section) => section !== '').join('\n')}`;
}

async function rulePage(rule: Rule, io: Io): Promise<string> {
  const read = async (file: string): Promise<string> =>
    (await io.files.read(`test/golden/rules/${rule.name}/${file}`)) ?? '';
  const [bad, good, expected] = [await read('bad.yml'), await read('good.yml'), await read('expected.txt')];
  const block = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
  const source = rule.source === undefined ? '' : ` [Source](${rule.source}).`;
  return `# ${rule.name}

\`${codeOf(rule)}\`, ${rule.weight}

${rule.summary}

${rule.why}${source}

## Bad

${block('yaml', bad)}

${block('text', expected)}

## Good

${block('yaml', good)}

[All rules](../rules.md)
`;
}
