import { type Event, parseEvents, YAMLException } from 'js-yaml';

/** What is wrong for CircleCI too: a tab at the start of a line, and the line that ends a document before it is whole. */
const IMMOVABLE = /^ *\t|^(?:---|\.\.\.)(?:\s|$)/;

/** Characters that may be read again before a text is given up, so that the work stays in bounds. */
const MOST_READ = 20_000_000;

/**
 * The events of a text. YAML wants the lines of `[...]`, of `{...}` and of quoted text further to the right than their
 * key (https://yaml.org/spec/1.2.2/#823-block-nodes), and the parser insists. CircleCI does not, nor do people: they put
 * the closing bracket below the key. So such lines are moved to the right for the parser, and their places back again.
 * @throws YAMLException for a text that is wrong otherwise
 */
export function readEvents(text: string, file: string): Event[] {
  try {
    return parseEvents(text, { filename: file });
  } catch (error) {
    const events = isIndentation(error) ? readMoved(text, error) : undefined;
    if (events === undefined) throw error;
    return events;
  }
}

function isIndentation(error: unknown): error is YAMLException {
  return error instanceof YAMLException && error.reason === 'deficient indentation';
}

/** The events of a text whose lines are moved, one after the other, until none is too far to the left. */
function readMoved(text: string, cause: YAMLException): Event[] | undefined {
  const width = 1 + (text.match(/^[ ?-]*/gm) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
  const starts: number[] = [];
  let moved = text;
  let error = cause;
  for (let left = MOST_READ - text.length; left > 0; left -= moved.length) {
    const at = error.mark?.position ?? 0;
    const start = Math.max(moved.lastIndexOf('\n', at - 1), moved.lastIndexOf('\r', at - 1)) + 1;
    const isMoved = start < (starts.at(-1) ?? -width) + width;
    if (isMoved || IMMOVABLE.test(moved.slice(start))) return undefined;
    starts.push(start);
    moved = `${moved.slice(0, start)}${' '.repeat(width)}${moved.slice(start)}`;
    try {
      return parseEvents(moved, {}).map((event) => putBack(event, starts, width));
    } catch (next) {
      if (!isIndentation(next)) return undefined;
      error = next;
    }
  }
  return undefined;
}

/** An event with the offsets that it has in the text as it is written. */
function putBack(event: Event, starts: readonly number[], width: number): Event {
  const back = (offset: number): number => offset - width * countBefore(starts, offset);
  const placed = { ...event };
  if ('start' in placed) placed.start = back(placed.start);
  if ('valueStart' in placed) [placed.valueStart, placed.valueEnd] = [back(placed.valueStart), back(placed.valueEnd)];
  if ('anchorStart' in placed) {
    [placed.anchorStart, placed.anchorEnd] = [back(placed.anchorStart), back(placed.anchorEnd)];
  }
  if ('tagStart' in placed) [placed.tagStart, placed.tagEnd] = [back(placed.tagStart), back(placed.tagEnd)];
  return placed;
}

/** How many of some ascending numbers are less than a number. */
function countBefore(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
