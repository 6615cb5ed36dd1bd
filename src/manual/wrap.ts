/** Lines of at most `width` characters, each behind `prefix`, broken at spaces. A longer word gets a line of its own. */
export function wrap(text: string, width: number, prefix: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && prefix.length + last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `${prefix}${line}`).join('\n');
}
