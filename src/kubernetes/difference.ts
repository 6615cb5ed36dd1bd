import { isRecord, stringAt } from '../json.js';

/** A field that differs between two states of an object. */
export interface Difference {
  /** `spec.template.spec.containers[web].env[LOG_LEVEL].value` */
  readonly path: string;
  /** `info -> debug`; of what is not to be shown `(changed)`. */
  readonly change: string;
}

/** An object as the API server gives it. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** What the API server writes itself. */
const OF_SERVER = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink'];

/** Fields by which people know the items of a list, the first that all items have, each with another value. */
const NAMES = ['name', 'mountPath', 'containerPort', 'port', 'key', 'type', 'ip', 'host'];

/** Where the value of an environment variable is. Somebody may have set it by hand, and to a secret. */
const OF_VARIABLE = /\.env(?:\[[^\]]*\](?:\.value)?)?$/;

/** Characters of a value that are shown. */
const SHOWN = 160;

/**
 * The fields that differ between two states of one object, both as the API server gives them: with its defaults filled
 * in, so that a manifest that leaves them out is not told as a change. What the server writes itself is left out. Of a
 * Secret and of environment variables no value is told.
 * @param isIgnored annotations that do not count
 */
export function findDifferences(
  from: object,
  to: object,
  isIgnored: (annotation: string) => boolean = () => false,
): readonly Difference[] {
  const found: Difference[] = [];
  const isSecret = stringAt(to, 'kind') === 'Secret';
  const note = (path: string, left: unknown, right: unknown) =>
    found.push({
      path,
      change: isSecret || OF_VARIABLE.test(path) ? nameChange(left, right) : showChange(left, right),
    });
  compare(comparable(from, isIgnored), comparable(to, isIgnored), '', note);
  return found;
}

type Note = (path: string, left: unknown, right: unknown) => void;

function compare(left: unknown, right: unknown, path: string, note: Note): void {
  if (isRecord(left) && isRecord(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
      compare(left[key], right[key], path + member(key, path), note);
  } else if (Array.isArray(left) && Array.isArray(right)) {
    compareLists(left, right, path, note);
  } else if (left !== right) {
    note(path, left, right);
  }
}

function compareLists(left: readonly unknown[], right: readonly unknown[], path: string, note: Note): void {
  const name = NAMES.find((one) => isNameOf(one, left) && isNameOf(one, right));
  const named = (items: readonly unknown[]) => new Map(items.map((item, at) => [nameIn(item, name) ?? at, item]));
  const [before, after] = [named(left), named(right)];
  for (const key of new Set([...before.keys(), ...after.keys()]))
    compare(before.get(key), after.get(key), `${path}[${key}]`, note);
}

/** Whether every item has the field, each with another value. */
function isNameOf(field: string, items: readonly unknown[]): boolean {
  const names = new Set(items.map((item) => nameIn(item, field)));
  return names.size === items.length && !names.has(undefined);
}

function nameIn(item: unknown, field: string | undefined): string | undefined {
  const value = field !== undefined && isRecord(item) ? item[field] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function member(key: string, path: string): string {
  if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return path === '' ? key : `.${key}`;
}

/** An object without what does not count. */
function comparable(object: object, isIgnored: (annotation: string) => boolean): KubernetesObject {
  const { status: _, metadata, ...rest }: KubernetesObject = { ...object };
  const { annotations, ...others } = isRecord(metadata) ? metadata : {};
  const kept = Object.entries(isRecord(annotations) ? annotations : {}).filter(([name]) => !isIgnored(name));
  const own = Object.entries(others).filter(([name]) => !OF_SERVER.includes(name));
  return { ...rest, metadata: { ...Object.fromEntries(own), annotations: Object.fromEntries(kept) } };
}

function nameChange(left: unknown, right: unknown): string {
  if (left === undefined) return '(added)';
  return right === undefined ? '(removed)' : '(changed)';
}

function showChange(left: unknown, right: unknown): string {
  if (typeof left !== 'string' || typeof right !== 'string') return `${show(left)} -> ${show(right)}`;
  // Of a text of many lines, as in a ConfigMap, the first that differs.
  const [before, after] = [left.split('\n'), right.split('\n')];
  if (before.length < 2 && after.length < 2) return `${show(left)} -> ${show(right)}`;
  const at = before.findIndex((line, index) => line !== after[index]);
  const line = at < 0 ? before.length : at;
  return `line ${line + 1}: ${show(before[line])} -> ${show(after[line])}`;
}

function show(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value, withoutVariables);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}..` : text;
}

/** For `JSON.stringify`: of environment variables the names alone. */
function withoutVariables(key: string, value: unknown): unknown {
  return key === 'env' && Array.isArray(value) ? value.map((item) => nameIn(item, 'name')) : value;
}
