import { oneLine } from '../../diagnostic/one-line.js';
import { unreachable } from '../../result.js';
import type { Value } from './value.js';

/** What stands where something has to be filled in: refused by gen-config in every place that init writes it to. */
export const PLACEHOLDER = 'FILL IN';

/** A place of a spec that a person has to look at. */
export interface Mark {
  /** From 1. */
  readonly line: number;
  /** `staging.namespace`. */
  readonly key: string;
  readonly text: string;
}

interface Line {
  readonly text: string;
  readonly comment: string | undefined;
}

/** A mapping that fits into this many characters stands on one line; a comment that does not stands above. */
export const WIDTH = 140;

/** A spec that is being written, line by line. */
export interface SpecLines {
  readonly missing: Mark[];
  readonly guessed: Mark[];
  /** Adds a line; its number, from 1. */
  add(text: string, comment?: string): number;
  /**
   * Adds `key: value`, with the comment that its origin asks for, else the other one.
   * @param path the key from the top of the spec, for the marks
   */
  put(indent: string, key: string, path: string, value: Value, otherwise?: string): void;
  /** An explanation, once; from then on the short one, since a guess is always called one. */
  once(comment: string, short: string | undefined): string | undefined;
  /** The text, comments below each other as far as that is possible. */
  format(): string;
}

/** Starts a spec. */
export function startLines(): SpecLines {
  const lines: Line[] = [];
  const missing: Mark[] = [];
  const guessed: Mark[] = [];
  const told = new Set<string>();
  const once: SpecLines['once'] = (comment, short) => {
    if (told.has(comment)) return short;
    told.add(comment);
    return comment;
  };
  const add: SpecLines['add'] = (text, comment) => {
    const above = comment !== undefined && text.length + comment.length > WIDTH;
    if (above) lines.push({ text: `${/^ */.exec(text)?.[0] ?? ''}# ${comment}`, comment: undefined });
    return lines.push({ text, comment: above ? undefined : comment });
  };
  const put: SpecLines['put'] = (indent, key, path, value, otherwise) => {
    switch (value.origin) {
      case 'missing': {
        const line = add(`${indent}${key}: ${PLACEHOLDER}`, once(value.why, otherwise));
        missing.push({ line, key: path, text: value.why });
        return;
      }
      case 'guessed': {
        const line = add(`${indent}${key}: ${scalar(value.text)}`, once(`a guess: ${value.why}`, 'a guess'));
        guessed.push({ line, key: path, text: `${value.text} (${value.why})` });
        return;
      }
      case 'given':
      case 'found':
        add(`${indent}${key}: ${scalar(value.text)}`, otherwise);
        return;
      default:
        unreachable(value.origin);
    }
  };
  return { missing, guessed, add, put, once, format: () => align(lines) };
}

/** The lines, with their comments below each other as far as that is possible. */
function align(lines: readonly Line[]): string {
  const short = lines
    .filter(({ text, comment }) => comment !== undefined && text.length <= 64)
    .map(({ text }) => text.length);
  const column = Math.max(0, ...short) + 2;
  const written = lines.map(({ text, comment }) => {
    if (comment === undefined) return text;
    return `${text.padEnd(Math.max(column, text.length + 2))}# ${oneLine(comment)}`;
  });
  return `${written.join('\n')}\n`;
}

/** A list in flow style. */
export function list(items: readonly string[]): string {
  return `[${items.map(scalar).join(', ')}]`;
}

/** A string as YAML, without quotes where it reads the same under every version of YAML, in flow style too. */
export function scalar(text: string): string {
  const plain = /^(-{0,2}[A-Za-z./]|\$\()[A-Za-z0-9_./@+=()$~-]*(:+[A-Za-z0-9_./@+=()$~-]+)*$/.test(text);
  const word = /^(true|false|null|yes|no|on|off|y|n|[.-].*(inf|nan)|\.+|-+)$/i.test(text);
  const digits = /^\d{12}\.dkr\.ecr\.[a-z0-9./_-]+$/.test(text);
  return (plain && !word) || digits ? text : JSON.stringify(text);
}
