import type { Command } from '../../commands/command.js';
import type { Plain } from '../plain.js';
import { declareParameters } from './parameters.js';

/** Parameters that a job does not pass on: the job fixes them, or the steps hand them to each other. */
const FIXED = ['directory', 'dry_run', 'image'];

type Declared = Pick<Command, 'name' | 'parameters'>;

/** The parameters of commands as those of a job that calls them. */
export function parametersOf(...sources: readonly Declared[]): Readonly<Record<string, Plain>> {
  const all = sources.flatMap(({ parameters }) => Object.entries(declareParameters(parameters)));
  return Object.fromEntries(all.filter(([name]) => !FIXED.includes(name)));
}

/**
 * The values with which a job calls a command: every parameter of the same name that the job has.
 * @param names the parameters of the job
 */
export function passOn(command: Declared, names: readonly string[]): Plain {
  const passed = Object.keys(command.parameters).filter((name) => names.includes(name));
  return Object.fromEntries(passed.map((name) => [name, reference(name)]));
}

/** `<< parameters.NAME >>` */
export function reference(name: string): string {
  return `<< parameters.${name} >>`;
}

/** The parameter by which a job's executor is chosen. */
export function executorParameter(name: string, example: string): Plain {
  return {
    type: 'executor',
    description: `Executor of the job, by its name or with its parameters. For example {name: build-once/${name}, ${example}}.`,
    default: name,
  };
}

/** A parameter for steps of the caller's own. */
export function stepsParameter(description: string): Plain {
  return { type: 'steps', description, default: [] };
}

/** The place of the steps that such a parameter holds. */
export function callersSteps(name: string): Plain {
  return { steps: reference(name) };
}
