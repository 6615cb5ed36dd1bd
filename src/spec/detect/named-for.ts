import { isEnvironmentName } from './environments.js';

/** How surely a text is about a name. */
const SURE = { whole: 4, end: 3, start: 2, word: 1, not: 0 } as const;

/**
 * The one of some names that a text (the name of an image, a Deployment, a job, a context) is about: the one that it is,
 * ends with, starts with or has as a word, the longer one before the shorter. Names of environments in it do not count:
 * `platform-api-staging` is about `api`.
 * @returns undefined when it is about none of them, or as much about another
 */
export function chooseNamed(text: string, names: readonly string[]): string | undefined {
  const rated = names
    .map((name) => ({ name, rate: rate(text, name) }))
    .filter((one) => one.rate !== SURE.not)
    .sort((a, b) => b.rate - a.rate || b.name.length - a.name.length);
  const [first, second] = rated;
  const tied = second !== undefined && second.rate === first?.rate && second.name.length === first.name.length;
  return tied ? undefined : first?.name;
}

/** Whether a text is a name, but for environments: `api-staging` is `api`. */
export function isNamed(text: string, name: string): boolean {
  return rate(text, name) === SURE.whole;
}

function rate(text: string, name: string): number {
  const wanted = wordsOf(name);
  const words = wordsOf(text).filter((word) => wanted.includes(word) || !isEnvironmentName(word));
  const at = words.findIndex((_, index) => wanted.every((word, offset) => words[index + offset] === word));
  if (wanted.length === 0 || at < 0) return SURE.not;
  if (words.length === wanted.length) return SURE.whole;
  if (words.slice(-wanted.length).join() === wanted.join()) return SURE.end;
  return at === 0 ? SURE.start : SURE.word;
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
