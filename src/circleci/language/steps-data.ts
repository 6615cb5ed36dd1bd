import type { Condition, Step } from './model.js';

/** Steps as a config has them: a `when` or `unless` around those whose condition is not known. */
export function stepsData(steps: readonly Step[], depth = 0): readonly unknown[] {
  const data: unknown[] = [];
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined) continue;
    const condition = step.conditions[depth];
    if (condition === undefined) {
      data.push(stepData(step));
      continue;
    }
    const until = endOfGroup(steps, index, depth, condition);
    const inner = stepsData(steps.slice(index, until), depth + 1);
    data.push({ [condition.key]: { condition: condition.data, steps: inner } });
    index = until - 1;
  }
  return data;
}

/** A step of which nothing is said is its name alone, as CircleCI prints it. */
function stepData({ name, content }: Step): unknown {
  return Object.keys(content).length === 0 ? name : { [name]: content };
}

function endOfGroup(steps: readonly Step[], start: number, depth: number, condition: Condition): number {
  let end = start + 1;
  while (end < steps.length && steps[end]?.conditions[depth] === condition) end++;
  return end;
}
