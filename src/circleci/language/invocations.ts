import { quote } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Draft } from './draft.js';
import { withNames } from './environment.js';
import { readFilters } from './filters.js';
import type { Frame } from './frame.js';
import { aroundSteps, expandJob, WITHOUT_STEPS } from './jobs.js';
import { expandMatrix, nameInstance } from './matrix.js';
import type { InvocationKind, Job, MatrixInstance } from './model.js';
import { noteOpaque, opaqueArguments } from './opaque.js';
import { substituteArguments } from './parameters.js';
import { inside, type Place } from './place.js';
import { readRequires } from './requires.js';
import { describeMissing, type Found, find } from './scope.js';
import { invocationKeys } from './shape/workflow.js';
import { substitute } from './substitute.js';

/** One entry of `jobs` in a workflow or a job group: a job, or as many as its matrix makes. */
export function readEntry(
  item: unknown,
  place: Place,
  frame: Frame,
  group: Draft | undefined,
  compiler: Compiler,
): readonly Draft[] {
  const [[reference, raw] = ['', undefined], ...others] =
    typeof item === 'string' ? [[item, undefined] as const] : Object.entries(mappingOf(item));
  // Keys that are indented too little stand beside the name of the job. CircleCI leaves them out.
  if (reference === '' || (others.length > 0 && raw !== null)) {
    const message = `a job of a workflow is a name, or a mapping with one key: ${quote(item)}`;
    compiler.report({ ...place, code: 'wrong-entry', message });
    return [];
  }
  const here = inside(place, reference);
  const keys = mappingOf(raw);
  if (raw !== undefined && raw !== null && !isMapping(raw)) {
    const message = `the keys of the job ${quote(reference)} are ${quote(raw)}, expected a mapping`;
    compiler.report({ ...here, code: 'wrong-entry', message });
  }
  const entry: Entry = { reference, keys, place: here, group };
  if (keys['matrix'] === undefined) return [invoke(entry, undefined, frame, compiler)];
  const { alias = reference } = mappingOf(keys['matrix']);
  const instances = expandMatrix(keys['matrix'], inside(here, 'matrix'), frame.environment, compiler);
  return instances.map((values) => {
    const environment = withNames('matrix.', values, frame.environment);
    return invoke(entry, { alias: String(alias), values }, { ...frame, environment }, compiler);
  });
}

interface Entry {
  readonly reference: string;
  readonly keys: Mapping;
  readonly place: Place;
  readonly group: Draft | undefined;
}

function invoke(entry: Entry, matrix: MatrixInstance | undefined, frame: Frame, compiler: Compiler): Draft {
  const { reference, keys, place, group } = entry;
  const read = (key: string): unknown =>
    keys[key] === undefined ? undefined : substitute(keys[key], frame.environment, inside(place, key), compiler);
  const override = read('override-with');
  const found = resolve(entry, override, frame, compiler);
  const kind = kindOf(keys['type'], found);
  const name = String(read('name') ?? (matrix === undefined ? reference : nameInstance(reference, matrix.values)));
  if (name.trim() === '')
    compiler.report({ ...inside(place, 'name'), code: 'wrong-entry', message: 'the name of a job is empty' });
  const serialGroup = read('serial-group');
  const parameters = readParameters(entry, matrix, found, frame, compiler);
  const opaque = kind === 'opaque';
  const around = { place, before: keys['pre-steps'], after: keys['post-steps'] };
  return {
    name,
    kind,
    reference,
    place,
    definition: found?.definition,
    matrix,
    group,
    requires: readRequires(read('requires'), inside(place, 'requires'), compiler),
    filters: readFilters(keys['filters'], inside(place, 'filters'), frame.environment, compiler),
    contexts: [read('context') ?? []].flat().map(String),
    serialGroup: serialGroup === undefined ? undefined : String(serialGroup),
    overrideWith:
      typeof override === 'string' && (kind === 'opaque' || isOpaque(override, frame)) ? override : undefined,
    parameters,
    job: expand(entry, kind, matrix, found, parameters, frame, compiler),
    aroundOpaque: opaque
      ? {
          before: aroundSteps(around, 'pre-steps', frame, compiler),
          after: aroundSteps(around, 'post-steps', frame, compiler),
        }
      : undefined,
  };
}

function isOpaque(reference: string, frame: Frame): boolean {
  return find(frame.scope, 'jobs', reference)?.orb !== undefined;
}

/** The job or the job group that is meant; with `override-with`, that of the orb where the orb has it. */
function resolve(
  { reference, keys: { type }, place, group }: Entry,
  override: unknown,
  frame: Frame,
  compiler: Compiler,
): Found | undefined {
  if (type === 'approval') return undefined;
  if (type !== undefined) {
    const message = `the type of a job in a workflow is ${quote(type)}, expected "approval": any other is said where the job is defined`;
    compiler.report({ ...inside(place, 'type'), code: 'wrong-entry', message });
  }
  if (typeof override === 'string') {
    const other = find(frame.scope, 'jobs', override);
    if (other?.orb !== undefined) noteOpaque(other.orb, compiler);
    else if (other !== undefined) return other;
  }
  const found = find(frame.scope, 'jobs', reference) ?? find(frame.scope, 'job-groups', reference);
  if (found?.definition?.kind === 'job-groups' && group !== undefined) {
    const message = `the job group ${quote(group.reference)} cannot have the job group ${quote(reference)} in it`;
    compiler.report({ ...place, code: 'nested-group', message });
    return undefined;
  }
  if (found !== undefined) return found;
  const message = describeMissing(frame.scope, 'jobs', reference, Object.keys(frame.scope.definitions['job-groups']));
  compiler.report({ ...place, at: 'key', code: 'unknown-job', message });
  return undefined;
}

function kindOf(type: unknown, found: Found | undefined): InvocationKind {
  if (type === 'approval') return 'approval';
  if (found === undefined) return 'unknown';
  if (found.orb !== undefined) return 'opaque';
  if (found.definition.kind === 'job-groups') return 'job-group';
  return WITHOUT_STEPS.find((one) => one === found.definition.value['type']) ?? 'build';
}

function readParameters(
  { keys, place }: Entry,
  matrix: MatrixInstance | undefined,
  found: Found | undefined,
  frame: Frame,
  compiler: Compiler,
): Mapping {
  const given = Object.fromEntries(Object.entries(keys).filter(([key]) => !Object.hasOwn(invocationKeys, key)));
  const whole = { ...given, ...matrix?.values };
  if (found?.orb !== undefined) {
    noteOpaque(found.orb, compiler);
    return opaqueArguments(whole, place, frame, compiler);
  }
  if (found === undefined) return mappingOf(substitute(whole, frame.environment, place, compiler));
  return substituteArguments(found.definition, whole, frame.environment, placeIn(place, matrix), compiler);
}

/** Where the value of a parameter is written. */
function placeIn(place: Place, matrix: MatrixInstance | undefined): (name: string) => Place {
  return (name) =>
    own(matrix?.values, name) === undefined ? inside(place, name) : inside(place, 'matrix', 'parameters', name);
}

function expand(
  { keys, place }: Entry,
  kind: InvocationKind,
  matrix: MatrixInstance | undefined,
  found: Found | undefined,
  values: Mapping,
  frame: Frame,
  compiler: Compiler,
): Job | undefined {
  if (found?.definition === undefined || kind === 'job-group') return undefined;
  const placeOf = placeIn(place, matrix);
  const around = { place, before: keys['pre-steps'], after: keys['post-steps'] };
  return expandJob(found, { values, place, placeOf, frame }, around, compiler);
}
