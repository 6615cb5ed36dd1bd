import { EVENTS, valuesOfEvent } from '../../circleci/language/pipeline-events.js';
import { quoteList } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import { typeOfPipelineValue } from '../../expressions/pipeline-values.js';
import { fail, ok, type Result } from '../../result.js';
import { type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { VerbValues } from '../verb.js';
import { readPairs } from './pairs.js';

/**
 * The pipeline values that are known: those of the event, defaults of parameters, and what the options say.
 * @param config the config, which declares the parameters
 * @returns values by whole names, or what is wrong with an option
 */
export function readPipeline(options: VerbValues, config: Mapping): Result<Mapping, string> {
  const values = readPairs('value', options);
  if (!values.ok) return values;
  const parameters = readPairs('parameter', options);
  if (!parameters.ok) return parameters;
  const declared = mappingOf(config['parameters']);
  const event = EVENTS.find((one) => one === options['event']);
  const known: Record<string, unknown> = event === undefined ? {} : { ...valuesOfEvent(event) };
  for (const [name, declaration] of Object.entries(declared)) {
    const { default: fallback } = mappingOf(declaration);
    if (fallback !== undefined) known[`pipeline.parameters.${name}`] = fallback;
  }
  for (const [name, text] of Object.entries(values.value)) {
    if (!name.startsWith('pipeline.')) return fail(`--value is of "${name}", expected a name like pipeline.git.branch`);
    const value = convert(text, typeOfPipelineValue(name));
    if (value === undefined) return fail(`--value of ${name} is "${text}", expected a ${typeOfPipelineValue(name)}`);
    known[name] = value;
  }
  for (const [name, text] of Object.entries(parameters.value)) {
    const declaration = own(declared, name);
    if (declaration === undefined) return fail(describeUndeclared(name, Object.keys(declared)));
    const { type, enum: allowed } = mappingOf(declaration);
    const value = convert(text, type);
    if (value === undefined) return fail(`--parameter ${name} is "${text}", expected ${String(type)}`);
    if (Array.isArray(allowed) && !allowed.includes(value)) {
      return fail(`--parameter ${name} is "${text}", expected one of ${quoteList(allowed)}`);
    }
    known[`pipeline.parameters.${name}`] = value;
  }
  return ok(known);
}

function describeUndeclared(name: string, declared: readonly string[]): string {
  const near = suggest(name, declared);
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  return `--parameter is of "${name}", which the config does not declare${hint}`;
}

/** A text as a value of a type; undefined when it is none. */
function convert(text: string, type: unknown): unknown {
  switch (type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'number':
    case 'integer':
      return /^-?\d+$/.test(text) ? Number(text) : undefined;
    default:
      return text;
  }
}
