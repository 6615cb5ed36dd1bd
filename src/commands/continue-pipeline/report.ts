import type { Io } from '../../io/io.js';
import { plainText } from '../../io/plain-text.js';
import type { Changes } from './changes.js';
import type { Verdict } from './services.js';

/** Prints what has changed, and which services run because of it. */
export function reportVerdicts(changes: Changes, verdicts: readonly Verdict[], io: Io): void {
  const lines =
    changes.kind === 'every'
      ? [`every service runs: ${changes.why}`]
      : [
          `${count(changes.files.length, 'file has', 'files have')} changed since ${changes.what} (${changes.base})`,
          ...tabulate(verdicts),
        ];
  io.stdout.write(`${lines.map(plainText).join('\n')}\n`);
}

/** A line for each service: whether it runs, and because of which file. */
function tabulate(verdicts: readonly Verdict[]): readonly string[] {
  const width = Math.max(...verdicts.map(({ service }) => service.length), 'service'.length);
  const row = (service: string, runs: string, because: string) =>
    `${service.padEnd(width)}  ${runs.padEnd(4)}  ${because}`.trimEnd();
  return [
    row('service', 'runs', 'because of'),
    ...verdicts.map(({ service, runs, because = [] }) => row(service, runs ? 'yes' : 'no', listFiles(because))),
  ];
}

function listFiles([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  // A name with a line end or another control character in it is shown as JSON, on one line.
  const shown = /\p{Cc}/u.test(first) ? JSON.stringify(first) : first;
  return others.length === 0 ? shown : `${shown} and ${count(others.length, 'other', 'others')}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
