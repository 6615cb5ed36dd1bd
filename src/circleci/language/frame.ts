import type { Mapping } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { type Environment, withParameters } from './environment.js';
import type { Condition, Definition } from './model.js';
import type { Place } from './place.js';
import type { Scope } from './scope.js';

/** Where the compiler is: what names mean there, and how it came there. */
export interface Frame {
  /** Commands, jobs and executors. */
  readonly scope: Scope;
  /** Names in `<< >>`. */
  readonly environment: Environment;
  /** The steps that called the commands it is in, the outermost first. */
  readonly calls: readonly Place[];
  /** The commands that the text is in, the outermost first. */
  readonly commands: readonly Definition[];
  /** The `when` and `unless` steps around whose value is not known. */
  readonly conditions: readonly Condition[];
}

/** The frame of a config or an orb, before any parameters. */
export function enter(scope: Scope, compiler: Compiler): Frame {
  const environment = scope.inOrb ? compiler.pipeline.inOrb : compiler.pipeline.inConfig;
  return { scope, environment, calls: [], commands: [], conditions: [] };
}

/** The inside of a job or an executor. */
export function enterElement(parameters: Mapping, home: Frame): Frame {
  return { ...home, environment: withParameters(parameters, home.environment) };
}

/**
 * The inside of a command.
 * @param call the step that calls it
 * @param caller the frame of that step
 */
export function enterCommand(
  definition: Definition,
  parameters: Mapping,
  call: Place,
  home: Frame,
  caller: Frame,
): Frame {
  return {
    ...enterElement(parameters, home),
    calls: [...caller.calls, call],
    commands: [...caller.commands, definition],
    conditions: caller.conditions,
  };
}
