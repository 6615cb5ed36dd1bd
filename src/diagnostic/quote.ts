/** A file may hold a name of a million letters, or a thousand names; a message that shows them stays readable. */
const LONGEST = 200;
const MOST = 20;

/** A value as it would stand in the file, in quotes when it is text; the middle of a long one is left out. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 40)}...${text.slice(-20)}`;
}

/** Values in quotes with commas between; of many, the first ones and how many more there are. */
export function quoteList(values: readonly unknown[]): string {
  const shown = values.slice(0, MOST).map(quote).join(', ');
  return values.length <= MOST ? shown : `${shown} and ${values.length - MOST} more`;
}
