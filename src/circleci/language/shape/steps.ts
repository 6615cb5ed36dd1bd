import { type Mapping, own } from '../../../yaml/mapping.js';
import { remember } from '../remember.js';
import {
  any,
  choice,
  depends,
  either,
  flag,
  later,
  list,
  oneOrMore,
  required,
  type Shape,
  type Table,
  table,
  text,
  textLike,
  whole,
} from './shape.js';

/** When a step runs (configuration reference, "The when attribute"). */
const when = choice(['on_success', 'on_fail', 'always']);

export const environment: Shape = either('a mapping of variables', {
  mapping: { kind: 'map', what: 'a mapping of variables', value: later(() => variable) },
  list: list(any),
  text,
  nothing: any,
});

const variable = either('text', { text, number: text, flag: text, nothing: any });

const duration = either('a duration such as "20m"', { text, number: any });

const runKeys = {
  command: required(text),
  name: text,
  shell: text,
  environment,
  background: flag,
  working_directory: text,
  no_output_timeout: duration,
  when,
  max_auto_reruns: whole(1, 5),
  auto_rerun_delay: textLike(
    /^(?:10|[1-9])m$|^(?:[1-9]\d?|[1-5]\d\d|600)s$/,
    'a delay of "1m" to "10m" or of "1s" to "600s"',
  ),
  teardown: later(() => steps),
};

/** The body of a run step: its command, or its keys. */
function run(name: string): Shape {
  const what = `a ${name} step, which is a command or a mapping with a "command"`;
  return either(what, { text, mapping: step(name, runKeys) });
}

/** Keys that a step does not know are left out by CircleCI without a word. */
function step(name: string, keys: Parameters<typeof table>[1], oneOf: Table['oneOf'] = []): Table {
  return table(`a ${name} step`, { name: text, when, ...keys }, 'ignored', oneOf);
}

/** The steps that can stand without a body. */
const bare = (body: Table): Shape => either(body.what, { mapping: body, nothing: any });

const conditional = (name: string): Shape =>
  table(`a ${name} step`, { condition: required(later(() => logic)), steps: required(later(() => steps)) }, 'ignored');

const paths = required(oneOrMore('a path or a list of paths'));

/** The steps that CircleCI brings along (configuration reference, "steps"), by name, and what stands under each. */
export const BUILT_IN_STEPS: Readonly<Record<string, Shape>> = {
  run: run('run'),
  deploy: run('deploy'),
  checkout: bare(
    step('checkout', {
      path: text,
      method: choice(['blobless', 'full', 'shallow']),
      depth: whole(1),
    }),
  ),
  setup_remote_docker: bare(
    step('setup_remote_docker', {
      version: text,
      docker_layer_caching: flag,
      prefer_same_region: flag,
      resource_class: text,
    }),
  ),
  save_cache: step('save_cache', { key: required(text), paths }),
  restore_cache: step('restore_cache', { key: text, keys: oneOrMore('a key or a list of keys') }, [['key', 'keys']]),
  store_artifacts: step('store_artifacts', { path: required(text), destination: text }),
  store_test_results: step('store_test_results', { path: required(text) }),
  persist_to_workspace: step(
    'persist_to_workspace',
    { root: required(text), paths: paths.shape, path: oneOrMore('a path or a list of paths') },
    [['paths', 'path']],
  ),
  attach_workspace: step('attach_workspace', { at: required(text) }),
  add_ssh_keys: bare(step('add_ssh_keys', { fingerprints: oneOrMore('a fingerprint or a list of them') })),
  install_signing_bundle: any,
  with_tool_cache: table('a with_tool_cache step', {
    tool: required(text),
    steps: required(later(() => steps)),
    name: text,
    when,
  }),
  when: conditional('when'),
  unless: conditional('unless'),
  steps: either('a parameter of type "steps": << parameters.NAME >>', { text, list: later(() => steps) }),
};

/** The keys that a built-in step cannot do without; none for one that is not built in. */
export function neededKeys(name: string): readonly string[] {
  const shape = own(BUILT_IN_STEPS, name);
  return shape === undefined ? [] : requiredKeys(shape);
}

const requiredKeys = remember((shape: Shape): readonly string[] => {
  const body = shape.kind === 'either' ? shape.members.mapping : shape;
  if (body?.kind !== 'table') return [];
  return Object.entries(body.keys).flatMap(([key, { required }]) => (required === true ? [key] : []));
});

const OPERATORS = ['and', 'or', 'not', 'equal', 'matches'];

const operands = either('a list that has something in it', {
  list: list(
    later(() => logic),
    1,
  ),
});

const operatorTable = table('a logic statement', {
  and: operands,
  or: operands,
  not: later(() => logic),
  equal: either('a list that has something in it', { list: list(any, 1) }),
  matches: table('"matches"', { pattern: required(text), value: required(any) }),
});

/** A logic statement (configuration reference, "Logic statements"): a literal, a reference, or a mapping with an operator. */
export const logic: Shape = either(`a value, or a mapping with one of ${OPERATORS.join(', ')}`, {
  text: any,
  flag: any,
  number: any,
  nothing: any,
  mapping: operatorTable,
});

const STEP_TABLES = new Map(
  Object.entries(BUILT_IN_STEPS).map(([name, body]) => [name, table('a step', { [name]: body }, any)]),
);

/** A step is a name, a mapping with one key, or (from an anchor) a list of steps. */
const stepShape: Shape = either('a step: a name, or a mapping with one key', {
  text: any,
  list: later(() => steps),
  mapping: depends('a step', (value: Mapping) => {
    const [name = '', ...others] = Object.keys(value);
    const body = own(BUILT_IN_STEPS, name);
    // Keys beside the name are a rule's business: they are mostly what should stand below it.
    return body === undefined || others.length > 0 ? any : (STEP_TABLES.get(name) ?? any);
  }),
});

export const steps: Shape = either('a list of steps', { list: list(stepShape) });
