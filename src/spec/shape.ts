import type { ErrorObject } from 'ajv';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { quote, quoteList } from '../diagnostic/quote.js';
import { suggest } from '../diagnostic/suggest.js';
import { WORKLOAD_KINDS } from '../workload.js';
import { own } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { validateSchema } from './compiled-schema.js';
import { type Place, valueAt } from './places.js';
import { schema } from './schema.js';
import type { SpecTree } from './service-files.js';

/** Holds a spec against its JSON Schema: one diagnostic per mistake, at the key or value that is wrong. */
export function checkShape(tree: SpecTree): readonly Diagnostic[] {
  if (validateSchema(tree.value)) return [];
  const errors = validateSchema.errors ?? [];
  const wrongType = new Set(errors.filter(({ keyword }) => keyword === 'type').map((error) => error.instancePath));
  return errors
    .filter((error) => error.propertyName === undefined)
    .filter(({ keyword, instancePath }) => keyword === 'type' || !wrongType.has(instancePath))
    .filter((error) => !isMisspelt(error, errors, tree.value))
    .map((error) => describe(error, tree));
}

/** Whether a key that is missing stands there under a name that is almost right, which is told as an unknown key. */
function isMisspelt(error: ErrorObject, errors: readonly ErrorObject[], value: unknown): boolean {
  const { keyword, instancePath, params } = error;
  if (keyword !== 'required') return false;
  return errors.some(
    (other) =>
      other.keyword === 'additionalProperties' &&
      other.instancePath === instancePath &&
      suggest(String(other.params['additionalProperty']), keysAt(pathOf(instancePath, value))) ===
        params['missingProperty'],
  );
}

function describe(error: ErrorObject, { value: spec, places }: SpecTree): Diagnostic {
  const path = pathOf(error.instancePath, spec);
  const params = error.params as Readonly<Record<string, unknown>>;
  const at = (code: string, { file, range }: Place, message: string, help?: string): Diagnostic => ({
    code: `spec/${code}`,
    severity: 'error',
    message,
    file,
    range,
    ...(help === undefined ? {} : { help }),
  });
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = keysAt(path);
      const near = suggest(key, known);
      const message = `unknown key ${quote(key)}${inside(path)}. expected one of ${quoteList(known)}`;
      const help = near === undefined ? undefined : `did you mean "${near}"?`;
      return at('unknown-key', places.key([...path, key]), message, help);
    }
    case 'required': {
      const key = String(params['missingProperty']);
      return at('missing-key', places.key(path), `missing key "${key}"${inside(path)}`, exampleOf(path, key));
    }
    case 'propertyNames': {
      const key = String(params['propertyName']);
      const [what, form] = NAMES[String(path.at(-1))] ?? ['name', 'another form'];
      const message = `${quote(key)} cannot be the name of ${what}. expected ${form}`;
      return at('wrong-name', places.key([...path, key]), message);
    }
    case 'type': {
      const expected = [params['type']].flat().map((type) => article(String(type)));
      const message = `${subject(path)} is ${found(valueAt(spec, path))}, expected ${expected.join(' or ')}`;
      return at('wrong-type', places.value(path), message, exampleOf(path));
    }
    case 'enum':
    case 'const': {
      const allowed = [params['allowedValues'] ?? params['allowedValue']].flat();
      const value = valueAt(spec, path);
      const near =
        typeof value === 'string' && typeof allowed[0] === 'string' ? suggest(value, allowed.map(String)) : undefined;
      const wanted = typeof allowed[0] === 'number' ? `the number ${allowed[0]}` : quoteList(allowed);
      const message = `${subject(path)} is ${found(value)}, expected ${allowed.length > 1 ? 'one of ' : ''}${wanted}`;
      return at('wrong-value', places.value(path), message, near === undefined ? undefined : `did you mean "${near}"?`);
    }
    case 'uniqueItems': {
      // The second of the two; which one ajv calls i depends on how it compares.
      const twice = [...path, Math.max(Number(params['i']), Number(params['j']))];
      const message = `${found(valueAt(spec, twice))} stands twice in ${subject(path)}`;
      return at('wrong-value', places.value(twice), message);
    }
    case 'minItems':
    case 'minLength':
      return at('wrong-value', places.value(path), `${subject(path)} is empty`, exampleOf(path));
    default: // pattern
      return at(
        'wrong-value',
        places.value(path),
        `${subject(path)} is ${found(valueAt(spec, path))}, expected ${formOf(path)}`,
        exampleOf(path),
      );
  }
}

const SHORT = 'at most 40 of a-z, 0-9, "-" and "_", starting with a letter';

/** What the names in a mapping are of, and what they may be, by the key that has the mapping. */
const NAMES: Readonly<Record<string, readonly [what: string, form: string]>> = {
  args: ['a build argument', 'letters, digits and "_", starting with a letter or "_"'],
  environments: ['an environment', SHORT],
  services: ['a service', SHORT],
};

const WORKLOAD_FORM = `KIND/NAME with a KIND of ${WORKLOAD_KINDS.join(', ')}`;

/** What the patterns of the schema mean, by the key that has one. */
const FORMS: Readonly<Record<string, string>> = {
  approval: 'a name of a-z, 0-9, "-" and "_", starting with a letter',
  component: 'at most 100 letters, digits, blanks, ".", "_", "/" and "-", starting with a letter or a digit',
  containers: 'the name of a container: at most 63 of a-z, 0-9 and "-"',
  eks: 'the name of a cluster: letters, digits, "-" and "_"',
  image: 'a machine image, NAME:TAG',
  kubeconfig: 'the name of an environment variable',
  namespace: 'a namespace: at most 63 of a-z, 0-9 and "-"',
  password: 'the name of an environment variable',
  orb: 'NAMESPACE/NAME@VERSION with all three numbers of the version',
  provider: 'projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER',
  region: 'an AWS region',
  resource_class: 'a resource class, or NAMESPACE/RUNNER',
  role: 'the ARN of an IAM role',
  secrets: 'the name of an environment variable: letters, digits and "_"',
  service_account: 'the email of a service account, NAME@PROJECT.iam.gserviceaccount.com',
  timeout: 'a duration in h, m and s',
  username: 'the name of an environment variable',
  workload: WORKLOAD_FORM,
  workloads: WORKLOAD_FORM,
};

function formOf(path: Path): string {
  const key = String(path.findLast((part) => typeof part === 'string'));
  return own(FORMS, key) ?? 'another form';
}

/** The path of a JSON pointer; indexes of arrays become numbers. */
function pathOf(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = valueAt(at, [key]);
  }
  return path;
}

/** The part of the schema that describes a path of the spec. */
function schemaAt(path: Path): Readonly<Record<string, unknown>> {
  let at: Readonly<Record<string, unknown>> = schema;
  for (const part of path) {
    const { properties, additionalProperties, items } = at as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >;
    const next = typeof part === 'number' ? items : (own(properties, part) ?? additionalProperties);
    if (typeof next !== 'object' || next === null) return {};
    at = next as Readonly<Record<string, unknown>>;
  }
  return at;
}

/** The keys that the mapping at a path of the spec may have. */
function keysAt(path: Path): readonly string[] {
  const { properties } = schemaAt(path) as { readonly properties?: Readonly<Record<string, unknown>> };
  return Object.keys(properties ?? {}).sort();
}

/** An example of what belongs at a path of the spec, or under a key there, as the help of a diagnostic says it. */
export function exampleOf(path: Path, key?: string): string | undefined {
  const { examples } = schemaAt(key === undefined ? path : [...path, key]) as {
    readonly examples?: readonly unknown[];
  };
  const last = key ?? path.at(-1);
  if (examples?.[0] === undefined || last === undefined) return undefined;
  return typeof last === 'number'
    ? `for example ${JSON.stringify(examples[0])}`
    : `for example ${last}: ${JSON.stringify(examples[0])}`;
}

function subject(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the spec';
  return typeof last === 'number' ? `item ${last + 1} of ${quote(path.at(-2))}` : quote(last);
}

function inside(path: Path): string {
  return path.length === 0 ? '' : ` in ${subject(path)}`;
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  string: 'a string',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

function article(type: string): string {
  return ARTICLES[type] ?? type;
}

function found(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? quote(value) : `the ${typeof value} ${String(value)}`;
}
