import { isMapping, type Mapping, mappingOf } from '../../../yaml/mapping.js';
import type { Path } from '../../../yaml/parse.js';
import type {
  Document,
  Scope,
  Written,
  WrittenDefinition,
  WrittenInvocation,
  WrittenStep,
  WrittenText,
  WrittenWorkflow,
} from './written.js';

/** Inline orbs in inline orbs; deeper than this nobody writes. */
const DEEPEST = 10;

/** Goes through a config once and lists what is written in it. Whatever has a wrong shape is left out. */
export function readWritten(config: Mapping): Written {
  const reader = new Reader();
  reader.readDocument({ path: [], value: config, alias: undefined });
  return reader;
}

class Reader implements Written {
  readonly documents: Document[] = [];
  readonly definitions: WrittenDefinition[] = [];
  readonly steps: WrittenStep[] = [];
  readonly invocations: WrittenInvocation[] = [];
  readonly workflows: WrittenWorkflow[] = [];
  readonly texts: WrittenText[] = [];

  readDocument(document: Document): void {
    this.documents.push(document);
    for (const kind of ['commands', 'jobs', 'executors', 'job-groups'] as const) {
      for (const [name, raw] of Object.entries(mappingOf(document.value[kind]))) {
        const path = [...document.path, kind, name];
        const definition = { kind, name, path, value: mappingOf(raw), document };
        this.definitions.push(definition);
        this.#readTexts(raw, path, { kind: 'definition', definition }, document);
        if (kind === 'job-groups') this.#readInvocations(definition.value['jobs'], path, name, document, true);
        else this.#readSteps(definition.value['steps'], [...path, 'steps'], definition, document);
        for (const [parameter, declared] of Object.entries(mappingOf(definition.value['parameters']))) {
          const { type, default: fallback } = mappingOf(declared);
          if (type !== 'steps') continue;
          this.#readSteps(fallback, [...path, 'parameters', parameter, 'default'], definition, document);
        }
      }
    }
    if (document.alias === undefined) this.#readWorkflows(document);
    for (const [alias, raw] of Object.entries(mappingOf(document.value['orbs']))) {
      const path = [...document.path, 'orbs', alias];
      if (typeof raw === 'string') this.texts.push({ text: raw, path, scope: { kind: 'none' }, document });
      else if (isMapping(raw) && path.length / 2 <= DEEPEST) this.readDocument({ path, value: raw, alias });
    }
  }

  #readWorkflows(document: Document): void {
    for (const [name, raw] of Object.entries(mappingOf(document.value['workflows']))) {
      if (!isMapping(raw)) continue;
      const path = ['workflows', name];
      this.workflows.push({ name, path, value: raw });
      const { jobs, ...rest } = raw;
      this.#readTexts(rest, path, { kind: 'none' }, document);
      this.#readInvocations(jobs, path, name, document, false);
    }
  }

  #readInvocations(jobs: unknown, above: Path, parent: string, document: Document, inGroup: boolean): void {
    for (const [index, item] of (Array.isArray(jobs) ? jobs : []).entries()) {
      const path = [...above, 'jobs', index];
      const [reference, body] = typeof item === 'string' ? [item] : (Object.entries(mappingOf(item))[0] ?? []);
      if (reference === undefined) continue;
      const bodyPath = typeof item === 'string' ? path : [...path, reference];
      const invocation = { reference, path, bodyPath, body: mappingOf(body), parent, inGroup, document };
      this.invocations.push(invocation);
      if (!inGroup) this.#readTexts(item, path, { kind: 'invocation', invocation }, document);
      for (const key of ['pre-steps', 'post-steps']) {
        this.#readSteps(invocation.body[key], [...bodyPath, key], undefined, document);
      }
      this.#readArguments(invocation.body, bodyPath, undefined, document);
    }
  }

  #readSteps(steps: unknown, above: Path, definition: WrittenDefinition | undefined, document: Document): void {
    for (const [index, item] of (Array.isArray(steps) ? steps : []).entries()) {
      const path = [...above, index];
      // A list of steps from an anchor may stand for a step.
      if (Array.isArray(item)) this.#readSteps(item, path, definition, document);
      const [name, body] = typeof item === 'string' ? [item] : (Object.entries(mappingOf(item))[0] ?? []);
      if (name === undefined) continue;
      const bodyPath = typeof item === 'string' ? path : [...path, name];
      this.steps.push({ name, body, path, bodyPath, definition, document });
      if (isMapping(body)) this.#readArguments(body, bodyPath, definition, document);
      else if (name === 'steps') this.#readSteps(body, bodyPath, definition, document);
    }
  }

  /** Steps stand in the lists under a step too: under `when`, or as the argument of a parameter of type steps. */
  #readArguments(body: Mapping, path: Path, definition: WrittenDefinition | undefined, document: Document): void {
    for (const [key, value] of Object.entries(body)) {
      if (NO_STEPS.has(key) || !Array.isArray(value)) continue;
      this.#readSteps(value, [...path, key], definition, document);
    }
  }

  #readTexts(value: unknown, path: Path, scope: Scope, document: Document): void {
    if (typeof value === 'string') this.texts.push({ text: value, path, scope, document });
    else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#readTexts(item, [...path, index], scope, document);
    } else if (isMapping(value)) {
      for (const [key, member] of Object.entries(value)) this.#readTexts(member, [...path, key], scope, document);
    }
  }
}

/** Lists of built-in steps and of invocations that hold no steps. */
const NO_STEPS = new Set([
  'paths',
  'path',
  'keys',
  'fingerprints',
  'condition',
  'environment',
  'requires',
  'context',
  'exclude',
  'pre-steps',
  'post-steps',
]);
