/** Control characters, line ends of Unicode, halves of surrogate pairs, and what YAML 1.1 does not allow in a file. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\uFEFF\uFFFE\uFFFF]/u;

/** What in a text would not come through a config as it is: `parameter`, `unseen`, or undefined when all of it would. */
export function findUnsafe(text: string): 'parameter' | 'unseen' | undefined {
  if (text.includes('<<')) return 'parameter';
  return UNSEEN.test(text) ? 'unseen' : undefined;
}
