/** The arguments of a command, told apart. */
export interface Arguments {
  /** What is no option and no value of one. */
  readonly positional: readonly string[];
  /** The last value of the first of these options that is given; empty for one that is given without a value. */
  value(...names: readonly string[]): string | undefined;
  /** Every value of these options, in order. */
  values(...names: readonly string[]): readonly string[];
  has(...names: readonly string[]): boolean;
}

/**
 * @param words the words behind the program's name
 * @param flags options that take no value, with their dashes; any other option takes the word that follows it
 */
export function readArguments(words: readonly string[], flags: ReadonlySet<string>): Arguments {
  const given: (readonly [name: string, value: string])[] = [];
  const positional: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, name = '', value] = /^(--?[A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (word === '--') {
      positional.push(...words.slice(at + 1));
      break;
    }
    if (name === '') positional.push(word);
    else if (value !== undefined || flags.has(name) || at + 1 >= words.length) given.push([name, value ?? '']);
    else if (/^-[A-Za-z]/.test(words[at + 1] ?? '') || /^--[a-z]/.test(words[at + 1] ?? '')) given.push([name, '']);
    else given.push([name, words[++at] ?? '']);
  }
  const values = (...names: readonly string[]) =>
    given.filter(([name]) => names.includes(name)).map(([, value]) => value);
  return {
    positional,
    values,
    value: (...names) => values(...names).at(-1),
    has: (...names) => values(...names).length > 0,
  };
}
