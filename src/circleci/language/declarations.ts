import { quote, quoteList } from '../../diagnostic/quote.js';
import { isMapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Definition } from './model.js';
import { expectation } from './parameter-types.js';
import { inside } from './place.js';
import type { Scope } from './scope.js';
import { PARAMETER_TYPES } from './shape/parameters.js';
import { invocationKeys } from './shape/workflow.js';
import { isTemplate } from './template.js';

const TYPES: readonly string[] = PARAMETER_TYPES.command;

/** Whether a value is known only where it is used. */
const isReference = (value: unknown) => typeof value === 'string' && isTemplate(value);

/** A job group is invoked like a job, and can have the name of none. */
export function checkGroupNames({ definitions }: Scope, compiler: Compiler): void {
  for (const { name, place } of Object.values(definitions['job-groups'])) {
    if (own(definitions.jobs, name) === undefined) continue;
    const message = `there is a job ${quote(name)} too: a job group needs a name of its own`;
    compiler.report({ ...place, at: 'key', code: 'same-name', message });
  }
}

/** Looks at how a definition declares its parameters. */
export function checkDeclarations(definition: Definition, compiler: Compiler): void {
  for (const [name, declaration] of Object.entries(mappingOf(definition.value['parameters']))) {
    const place = inside(definition.place, 'parameters', name);
    if (definition.kind === 'jobs' && Object.hasOwn(invocationKeys, name)) {
      const message = `a job cannot have a parameter ${quote(name)}: in a workflow that is a key of CircleCI's own`;
      compiler.report({ ...place, code: 'reserved-parameter', message });
    }
    const { type, default: fallback } = mappingOf(declaration);
    if (!isMapping(declaration) || !TYPES.includes(String(type))) {
      const message = `parameter ${quote(name)} has ${type === undefined ? 'no type' : `the type ${quote(type)}`}, expected one of ${quoteList(TYPES)}`;
      compiler.report({ ...(type === undefined ? place : inside(place, 'type')), code: 'wrong-type', message });
    } else if (fallback !== undefined && !isReference(fallback)) {
      const expected = expectation(declaration, fallback, compiler);
      if (expected === undefined) continue;
      const message = `the default of parameter ${quote(name)} is ${quote(fallback)}, expected ${expected}`;
      compiler.report({ ...inside(place, 'default'), code: 'wrong-default', message });
    }
  }
}
