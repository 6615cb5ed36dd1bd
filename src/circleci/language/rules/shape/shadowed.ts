import { isMapping } from '../../../../yaml/mapping.js';
import type { ShapeProblem } from '../../shape/check-shape.js';
import { BUILT_IN_STEPS } from '../../shape/steps.js';
import type { Document, Written } from '../../written/written.js';

/**
 * A command may have the name of a built-in step, which it then stands for in the config or orb that defines it. What the
 * built-in step expects says nothing about it.
 */
export function withoutShadowed(problems: readonly ShapeProblem[], written: Written): readonly ShapeProblem[] {
  const shadowing = written.documents.filter((document) => shadowedSteps(document).length > 0);
  if (shadowing.length === 0) return problems;
  return problems.filter(({ path }) => {
    const home = written.documents.findLast((document) => document.path.every((part, index) => path[index] === part));
    return home === undefined || !shadowedSteps(home).some((name) => isBelowStep(path, name));
  });
}

/** The built-in steps that commands of a document stand for. */
function shadowedSteps({ value }: Document): readonly string[] {
  const commands = value['commands'];
  return isMapping(commands) ? Object.keys(commands).filter((name) => Object.hasOwn(BUILT_IN_STEPS, name)) : [];
}

function isBelowStep(path: readonly (string | number)[], name: string): boolean {
  return path.some((part, index) => part === name && typeof path[index - 1] === 'number');
}
