import { createHash } from 'node:crypto';
import { unix } from '../../diagnostic/first-difference.js';
import { isRecord, parseJson } from '../../json.js';

/** The file beside the companions that remembers how they were made. */
export const RECORD_FILE = 'companions.json';

export interface CompanionRecord {
  /** The options that were given, by flag. */
  readonly given: Readonly<Record<string, string>>;
  /** The hash of each file as it was written. */
  readonly files: Readonly<Record<string, string>>;
}

/** Reads the record; an empty one where there is none, or none that can be read. */
export function readRecord(text: string | undefined): CompanionRecord {
  const value = parseJson(text ?? '');
  const texts = (key: string) => {
    const members = isRecord(value) ? value[key] : undefined;
    const entries = Object.entries(isRecord(members) ? members : {});
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  };
  return { given: texts('given'), files: texts('files') };
}

export function formatRecord({ given, files }: CompanionRecord): string {
  return `${JSON.stringify({ version: 1, given, files }, null, 2)}\n`;
}

/** Of a text, whatever its line ends: git may change them at checkout. */
export function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(unix(text)).digest('base64')}`;
}
