import type { Parameter } from '../../commands/command.js';
import type { Plain } from '../plain.js';

/** The parameters of a command as an orb declares them, with the example in the words about each. */
export function declareParameters(parameters: Readonly<Record<string, Parameter>>): Readonly<Record<string, Plain>> {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, declare(parameter)]));
}

function declare(parameter: Parameter): Plain {
  const { description, type, default: value } = parameter;
  const example =
    parameter.type === 'string' && parameter.example !== undefined ? ` For example ${parameter.example}.` : '';
  return {
    type,
    ...(parameter.type === 'enum' ? { enum: parameter.enum } : {}),
    description: `${description}${example}`,
    ...(value === undefined ? {} : { default: value }),
  };
}
