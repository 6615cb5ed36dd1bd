import type { Expression } from '../../expressions/expression.js';
import { checkPattern } from '../../expressions/pattern.js';
import { truthOf } from '../../expressions/reduce.js';
import { isMapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { readExpression, reduceCondition } from './conditions.js';
import type { Environment } from './environment.js';
import type { Filters } from './model.js';
import { inside, type Place } from './place.js';
import { substitute } from './substitute.js';
import { isTemplate, parseTemplate } from './template.js';

/** The `filters` of a job: an expression, or branches and tags. */
export function readFilters(
  written: unknown,
  place: Place,
  environment: Environment,
  compiler: Compiler,
): Filters | undefined {
  if (written === undefined || written === null) return undefined;
  if (typeof written === 'string' && !isTemplate(written)) {
    const read = readExpression(written, place, compiler);
    const reduced = reduceCondition(read, written, place, environment, compiler);
    const value = truthOf(reduced);
    const expression: Expression = value === undefined ? reduced : { kind: 'value', value };
    return { kind: 'expression', place, text: written, expression, value };
  }
  if (typeof written === 'string' && compiler.templates && !isReference(written)) {
    const message = 'the expression is partly inside and partly outside of "<< >>", and expected without them';
    compiler.report({ ...place, code: 'wrong-expression', message });
  }
  const value = substitute(written, environment, place, compiler);
  if (typeof value === 'string' || typeof value === 'boolean') {
    const known = typeof value === 'boolean' ? value : undefined;
    return { kind: 'expression', place, text: String(value), expression: { kind: 'value', value }, value: known };
  }
  const map = mappingOf(value);
  for (const [key, lists] of Object.entries(map)) {
    for (const [list, names] of Object.entries(mappingOf(lists))) {
      [names].flat().forEach((name, index) => {
        const at = inside(place, key, list, ...(Array.isArray(names) ? [index] : []));
        checkFilter(name, at, compiler);
      });
    }
  }
  return isMapping(value) ? { kind: 'map', place, map } : undefined;
}

/** Whether a text is one `<< >>` and no more. */
function isReference(text: string): boolean {
  const template = parseTemplate(text.trim());
  return !template.ok || template.value.length === 1;
}

/** A branch or a tag between slashes is a regular expression. */
function checkFilter(name: unknown, place: Place, compiler: Compiler): void {
  const source = typeof name === 'string' ? /^\/(.*)\/$/s.exec(name)?.[1] : undefined;
  const message = source === undefined ? undefined : checkPattern(source);
  if (message !== undefined) compiler.report({ ...place, code: 'wrong-pattern', message });
}
