import { quote, quoteList } from '../../diagnostic/quote.js';
import type { ScalarType } from '../../expressions/expression.js';
import { typeOfPipelineValue } from '../../expressions/pipeline-values.js';
import { Unknown } from '../../expressions/reduce.js';
import { type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Environment } from './environment.js';
import type { PipelineParameter } from './model.js';
import { inside, type Place } from './place.js';
import type { Report } from './problem.js';

const TYPES: Readonly<Record<string, ScalarType | undefined>> = {
  string: 'string',
  enum: undefined,
  boolean: 'boolean',
  integer: 'number',
};

/** The pipeline parameters of a config, by name. Every one of them needs a type and a default. */
export function readPipelineParameters(top: Place, report: Report): Readonly<Record<string, PipelineParameter>> {
  const parameters = Object.entries(mappingOf(mappingOf(top.source.value)['parameters'])).map(([name, written]) => {
    const place = inside(top, 'parameters', name);
    const { type, default: fallback } = mappingOf(written);
    if (!Object.hasOwn(TYPES, String(type))) {
      const message = `the pipeline parameter ${quote(name)} has ${type === undefined ? 'no type' : `the type ${quote(type)}`}, expected one of ${quoteList(Object.keys(TYPES))}`;
      report({ ...(type === undefined ? place : inside(place, 'type')), code: 'wrong-type', message });
    }
    if (fallback === undefined) {
      const message = `the pipeline parameter ${quote(name)} has no default, which every pipeline parameter needs`;
      report({ ...place, code: 'missing-default', message });
    }
    if (fallback !== undefined && !isOfType(fallback, mappingOf(written))) {
      const message = `the default of the pipeline parameter ${quote(name)} is ${quote(fallback)}, expected ${String(type)}`;
      report({ ...inside(place, 'default'), code: 'wrong-default', message });
    }
    return [name, { name, place, type, default: fallback }] as const;
  });
  return Object.fromEntries(parameters);
}

function isOfType(value: unknown, { type, enum: allowed }: Mapping): boolean {
  if (type === 'enum') return !Array.isArray(allowed) || allowed.includes(value);
  if (type === 'integer') return Number.isInteger(value);
  return !Object.hasOwn(TYPES, String(type)) || typeof value === type;
}

/**
 * What `<< pipeline.* >>` stands for. A value that is not given is not known; nobody can tell which ones CircleCI will
 * have tomorrow, so every name is one, but for parameters.
 * @param values by whole names, `pipeline.git.branch`
 */
export function pipelineEnvironment(
  values: Mapping,
  parameters: Readonly<Record<string, PipelineParameter>>,
  inOrb: boolean,
): Environment {
  return {
    inOrb,
    valueOf: (name) => {
      if (!name.startsWith('pipeline.')) return undefined;
      const parameter = name.startsWith('pipeline.parameters.') ? name.slice('pipeline.parameters.'.length) : undefined;
      const declared = parameter === undefined || inOrb ? undefined : own(parameters, parameter);
      if (parameter !== undefined && declared === undefined) return undefined;
      const given = own(values, name);
      if (given !== undefined) return typeof given === 'string' ? given.replaceAll(/(?<!\\)<</g, '\\<<') : given;
      return new Unknown(declared === undefined ? typeOfPipelineValue(name) : own(TYPES, String(declared.type)));
    },
  };
}
