import type { Manual, ManualSection } from './manual.js';

/**
 * A man page: a program's manual, and those of its verbs in a section of their own.
 * @param verbs what the section of the verbs is called, and their manuals
 * @param release what stands in the foot of the page: `gen-config 0.1.0`
 * @see man(7), groff_man(7)
 */
export function formatRoff(
  program: Manual,
  verbs: { readonly title: string; readonly manuals: readonly Manual[] },
  release: string,
): string {
  const lines = [
    `.TH ${program.name.toUpperCase()} 1 "" "${release}" "User Commands"`,
    // A line that holds one long word cannot be stretched to the right margin.
    '.ad l',
    '.SH NAME',
    `${literal(program.name)} \\- ${literal(asPhrase(program.summary))}`,
    '.SH SYNOPSIS',
    ...program.usage.flatMap((words, index) => [...(index === 0 ? [] : ['.br']), call(program.name, words)]),
    '.SH DESCRIPTION',
    ...paragraphs(program.description),
    `.SH ${verbs.title.toUpperCase()}`,
    ...verbs.manuals.flatMap(verbLines),
    ...program.sections.flatMap((section) => [`.SH ${section.title.toUpperCase()}`, ...entryLines(section)]),
    '.SH SEE ALSO',
    literal(program.seeAlso.join(', ')),
  ];
  return `${lines.join('\n')}\n`;
}

function verbLines({ name, summary, usage, description, sections }: Manual): readonly string[] {
  return [
    `.SS ${literal(name)}`,
    literal(summary),
    '.PP',
    ...usage.flatMap((words, index) => [...(index === 0 ? [] : ['.br']), call(name, words)]),
    '.PP',
    ...paragraphs(description),
    ...sections
      .filter(({ entries }) => entries.length > 0)
      .flatMap((section) => ['.PP', `${literal(section.title)}:`, '.RS 4', ...entryLines(section), '.RE']),
  ];
}

function entryLines({ entries }: ManualSection): readonly string[] {
  return entries.flatMap(({ term, text }) => ['.TP', `\\fB${literal(term)}\\fR`, literal(text)]);
}

function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : ['.PP']), literal(text)]);
}

function call(name: string, words: string): string {
  return `\\fB${literal(name)}\\fR ${literal(words)}`.trimEnd();
}

/** A sentence as the index of man pages has it: in lower case, without a full stop. */
function asPhrase(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
}

/** Text that roff prints as it is: backslashes, hyphens that are typed, a control character at the start of a line. */
function literal(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./, '\\&.')
    .replaceAll(LONG, (word) => word.replaceAll('/', '/\\:'));
}

/** A word that does not fit on a line may be broken behind its slashes. */
const LONG = /\S{60,}/g;
