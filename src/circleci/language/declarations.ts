import { quote, quoteList } from '../../diagnostic/quote.js';
import { isMapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { INVOCATION_KEYS } from './invocation-keys.js';
import type { Definition } from './model.js';
import { expectation } from './parameter-types.js';
import { inside } from './place.js';
import { isTemplate } from './template.js';

/** Types of the parameters of commands, jobs and executors ("Parameter types" of "Reusable config reference"). */
const TYPES = ['string', 'boolean', 'integer', 'enum', 'executor', 'steps', 'env_var_name'];

/** Whether a value is known only where it is used. */
const isReference = (value: unknown) => typeof value === 'string' && isTemplate(value);

/** Looks at how a definition declares its parameters. */
export function checkDeclarations(definition: Definition, compiler: Compiler): void {
  for (const [name, declaration] of Object.entries(mappingOf(definition.value['parameters']))) {
    const place = inside(definition.place, 'parameters', name);
    if (definition.kind === 'jobs' && INVOCATION_KEYS.has(name)) {
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
