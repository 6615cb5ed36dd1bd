import { quote, quoteList } from '../../../diagnostic/quote.js';
import { suggest } from '../../../diagnostic/suggest.js';
import { isMapping, type Mapping, own } from '../../../yaml/mapping.js';
import type { Path } from '../../../yaml/parse.js';
import type { Shape, Table } from './shape.js';

/** What can be wrong with a shape; each is a rule of its own. */
export type ShapeProblemKind =
  | 'unknown-key'
  | 'ignored-key'
  | 'missing-key'
  | 'wrong-type'
  | 'wrong-value'
  | 'deprecated';

export interface ShapeProblem {
  readonly kind: ShapeProblemKind;
  readonly path: Path;
  /** Whether the key is meant, or the value behind it. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly help?: string;
  /** The key that was probably meant with one that is not known. */
  readonly meant?: string;
}

/**
 * Compares a value with a shape. One message per mistake; below a value of a wrong type nothing is looked at.
 * @returns the problems in the order of the text; what an alias repeats is told once
 */
export function checkShape(value: unknown, shape: Shape): readonly ShapeProblem[] {
  const problems: ShapeProblem[] = [];
  new Checker((problem) => problems.push(problem)).check(value, shape, []);
  return problems;
}

/** Nothing but one `<< expression >>`. */
const WHOLE_REFERENCE = /^\s*<<[^<>]*(?:[<>]=?[^<>]+)*>>\s*$/;

class Checker {
  readonly #report: (problem: ShapeProblem) => void;
  /** An alias is the very object that its anchor is, so it need not be looked at again. */
  readonly #seen = new Map<Shape, WeakSet<object>>();

  constructor(report: (problem: ShapeProblem) => void) {
    this.#report = report;
  }

  check(value: unknown, shape: Shape, path: Path): void {
    if (typeof value === 'string' && WHOLE_REFERENCE.test(value)) return;
    if (typeof value === 'object' && value !== null && this.#isKnown(value, shape)) return;
    switch (shape.kind) {
      case 'any':
        return;
      case 'later':
        this.check(value, shape.shape(), path);
        return;
      case 'text':
      case 'flag':
      case 'whole':
      case 'choice':
        this.#checkScalar(value, shape, path);
        return;
      case 'list':
        this.#checkList(value, shape, path);
        return;
      case 'map':
        this.#checkMap(value, shape, path);
        return;
      case 'table':
        this.#checkTable(value, shape, path);
        return;
      case 'depends':
        if (!isMapping(value)) {
          this.#wrongType(value, shape.what, path);
          return;
        }
        this.check(value, shape.on(value), path);
        return;
      case 'either': {
        const member = shape.members[typeOf(value)];
        if (member === undefined) this.#wrongType(value, shape.what, path);
        else this.check(value, member, path);
        return;
      }
    }
  }

  #isKnown(value: object, shape: Shape): boolean {
    let seen = this.#seen.get(shape);
    if (seen === undefined) {
      seen = new WeakSet();
      this.#seen.set(shape, seen);
    }
    if (seen.has(value)) return true;
    seen.add(value);
    return false;
  }

  #checkScalar(
    value: unknown,
    shape: Extract<Shape, { kind: 'text' | 'flag' | 'whole' | 'choice' }>,
    path: Path,
  ): void {
    const type = typeOf(value);
    if (type === 'text' && String(value).includes('<<')) return;
    switch (shape.kind) {
      case 'text':
        // Numbers and booleans are written as text when the config is compiled.
        if (type !== 'text' && type !== 'number' && type !== 'flag') {
          this.#wrongType(value, 'text', path);
          return;
        }
        if (shape.pattern !== undefined && !shape.pattern.matches.test(String(value))) {
          this.#value(path, `${quote(value)} is not ${shape.pattern.what}`);
        }
        return;
      case 'flag':
        if (type !== 'flag') this.#wrongType(value, 'true or false', path);
        return;
      case 'whole':
        if (type !== 'number' || !Number.isInteger(value)) {
          this.#wrongType(value, 'a whole number', path);
          return;
        }
        if (Number(value) < shape.least) this.#value(path, `${value} is less than ${shape.least}, the least there is`);
        if (Number(value) > shape.most) this.#value(path, `${value} is more than ${shape.most}, the most there is`);
        return;
      case 'choice': {
        if (type === 'list' || type === 'mapping' || type === 'nothing') {
          this.#wrongType(value, `one of ${quoteList(shape.values)}`, path);
          return;
        }
        if (shape.values.includes(String(value))) return;
        const near = suggest(String(value), shape.values);
        const help = near === undefined ? shape.help : `did you mean ${quote(near)}?`;
        this.#value(path, `${quote(value)} is not one of ${quoteList(shape.values)}`, help);
      }
    }
  }

  #checkList(value: unknown, shape: Extract<Shape, { kind: 'list' }>, path: Path): void {
    if (!Array.isArray(value)) {
      this.#wrongType(value, 'a list', path);
      return;
    }
    if (value.length < shape.least) this.#wrongType(value, 'a list that has something in it', path);
    for (const [index, item] of value.entries()) this.check(item, shape.item, [...path, index]);
  }

  #checkMap(value: unknown, shape: Extract<Shape, { kind: 'map' }>, path: Path): void {
    if (!isMapping(value)) {
      this.#wrongType(value, shape.what, path);
      return;
    }
    for (const [name, member] of Object.entries(value)) this.check(member, shape.value, [...path, name]);
  }

  #checkTable(value: unknown, shape: Table, path: Path): void {
    if (!isMapping(value)) {
      this.#wrongType(value, shape.what, path);
      return;
    }
    const present = new Set<string>();
    for (const [name, member] of Object.entries(value)) {
      present.add(name);
      const key = own(shape.keys, name);
      const here = [...path, name];
      if (key === undefined) {
        const meant = this.#checkOther(value, name, shape, here);
        if (meant !== undefined) present.add(meant);
        continue;
      }
      if (key.deprecated !== undefined) {
        const { since, instead } = key.deprecated;
        const message = `${quote(name)} is deprecated${since === undefined ? '' : ` since ${since}`}`;
        this.#report({ kind: 'deprecated', path: here, at: 'key', message, help: instead });
      }
      this.check(member, key.shape, here);
    }
    for (const [name, key] of Object.entries(shape.keys)) {
      if (key.required === true && !present.has(name)) this.#missing(path, shape, quote(name));
    }
    for (const group of shape.oneOf) {
      if (!group.some((name) => present.has(name))) this.#missing(path, shape, `one of ${quoteList(group)}`);
    }
  }

  /** @returns the key that was probably meant, which then need not be told as missing */
  #checkOther(value: Mapping, name: string, shape: Table, path: Path): string | undefined {
    const { others } = shape;
    if (typeof others !== 'string') {
      this.check(value[name], others, path);
      return undefined;
    }
    const known = Object.keys(shape.keys);
    const absent = known.filter((key) => own(value, key) === undefined);
    const meant = suggest(name, absent);
    // Left out or not, without the key that was meant CircleCI refuses the config.
    const refused = others === 'refused' || (meant !== undefined && shape.keys[meant]?.required === true);
    const kind = refused ? 'unknown-key' : 'ignored-key';
    const message = `unknown key ${quote(name)} in ${shape.what}`;
    const help = meant === undefined ? `expected one of ${quoteList(known)}` : `did you mean ${quote(meant)}?`;
    this.#report({ kind, path, at: 'key', message, help, ...(meant === undefined ? {} : { meant }) });
    return meant;
  }

  #missing(path: Path, shape: Table, what: string): void {
    this.#report({ kind: 'missing-key', path, at: 'key', message: `${shape.what} needs ${what}` });
  }

  #wrongType(value: unknown, expected: string, path: Path): void {
    const found = describe(value);
    this.#report({
      kind: 'wrong-type',
      path,
      at: 'value',
      message: `${nameOf(path)} is ${found}, expected ${expected}`,
    });
  }

  #value(path: Path, message: string, help?: string): void {
    const at = { kind: 'wrong-value', path, at: 'value' } as const;
    this.#report({ ...at, message: `${nameOf(path)}: ${message}`, ...(help === undefined ? {} : { help }) });
  }
}

/** The last key of a path: `"docker"`, or for an item of a list `an item of "docker"`. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the config';
  if (typeof last === 'string') return quote(last);
  return `an item of ${quote(path.findLast((part) => typeof part === 'string') ?? '')}`;
}

function typeOf(value: unknown): 'text' | 'flag' | 'number' | 'list' | 'mapping' | 'nothing' {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'flag';
    case 'number':
      return 'number';
    default:
      return 'mapping';
  }
}

function describe(value: unknown): string {
  switch (typeOf(value)) {
    case 'nothing':
      return 'empty';
    case 'list':
      return Array.isArray(value) && value.length === 0 ? 'an empty list' : 'a list';
    case 'mapping':
      return 'a mapping';
    case 'number':
      return `the number ${value}`;
    case 'flag':
      return String(value);
    case 'text':
      return `the text ${quote(value)}`;
  }
}
