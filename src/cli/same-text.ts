/** Whether two texts are the same but for the line ends that git may have changed at checkout. */
export function sameText(a: string, b: string): boolean {
  return unix(a) === unix(b);
}

/** The text with `\n` line ends. */
export function unix(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
