import { quote } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, own } from '../../yaml/mapping.js';
import type { Path } from '../../yaml/parse.js';
import type { Report } from './problem.js';

/** Looks up a name such as `parameters.tag` or `pipeline.git.branch`; undefined when there is no such value. */
export type Lookup = (name: string) => unknown;

/** What looks names up inside a command, a job or an executor: its parameters, and outside of them what `outer` has. */
export function lookupIn(parameters: Mapping, outer: Lookup): Lookup {
  return (name) => (name.startsWith('parameters.') ? own(parameters, name.slice('parameters.'.length)) : outer(name));
}

/** `<< name >>` anywhere, but not `\<< name >>`. */
const REFERENCE = /(\\?)<<\s*([^<>]*?)\s*>>/g;

/** `<<` that nothing closes. CircleCI refuses it: the here-document of a script has to be written `\<<EOF`. */
const UNCLOSED = /(?<!\\)<<(?!.*>>)/s;

const AS_TEXT = 'where "<<" is meant as text it is written "\\<<"';

/** An expression (configuration reference, "Using expressions") is more than a name; its value is known in the pipeline. */
function isExpression(text: string): boolean {
  return /\s/.test(text) && /\b(?:pipeline|parameters)\./.test(text);
}

/**
 * Replaces `<< name >>` in every string of a value. A string that is nothing but one reference becomes the value itself,
 * with its type; inside a longer string the value is put as text. What is escaped as `\<<` stays so: text may pass
 * through here several times, and `unescapeReferences` comes last.
 */
export function substitute(value: unknown, lookup: Lookup, path: Path, report: Report): unknown {
  if (typeof value === 'string') return substituteText(value, lookup, path, report);
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, lookup, [...path, index], report));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, substitute(member, lookup, [...path, key], report)]),
  );
}

function substituteText(text: string, lookup: Lookup, path: Path, report: Report): unknown {
  const find = (name: string): unknown => {
    if (isExpression(name)) return `<< ${name} >>`;
    const found = lookup(name);
    if (found === undefined) {
      const known = /^(?:parameters|pipeline|matrix)\./.test(name);
      const hint = known ? '' : `. ${AS_TEXT}`;
      report({ code: 'unknown-value', path, message: `there is no value ${quote(name)}${hint}` });
    }
    return found;
  };
  if (UNCLOSED.test(text)) {
    report({ code: 'unclosed-reference', path, message: `there is a "<<" without a ">>" after it. ${AS_TEXT}` });
  }
  const whole = /^<<\s*([^<>]*?)\s*>>$/.exec(text);
  if (whole?.[1] !== undefined) return find(whole[1]) ?? '';
  return text.replaceAll(REFERENCE, (all, backslash: string, name: string) =>
    backslash === '' ? String(find(name) ?? '') : all,
  );
}

/** Every `\<<` as the `<<` that it stands for. */
export function unescapeReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\\<<', '<<');
  if (Array.isArray(value)) return value.map(unescapeReferences);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unescapeReferences(member)]));
}
