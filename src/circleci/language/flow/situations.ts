import { isMapping } from '../../../yaml/mapping.js';
import type { Expression } from '../expressions/expression.js';
import { matchesWhole } from '../expressions/pattern.js';
import type { Workflow } from '../model.js';
import type { Situation } from './situation.js';

/** A branch that nobody has written a filter for, as a pull request has one. */
export const ANY_BRANCH: Situation = { branch: 'some-feature' };

/**
 * Situations in which the jobs of a workflow may run differently: one for every branch and tag that its filters and its
 * condition name, an example for every pattern, and a branch and a tag that none of them name. What is asked of them is
 * asked with real names, so an answer holds for at least that one.
 */
export function situationsOf({ jobs, condition }: Workflow): readonly Situation[] {
  const branches = new Set<string>();
  const tags = new Set<string>();
  if (condition !== undefined) collect(condition.expression, branches, tags);
  for (const { filters } of jobs) {
    if (filters?.kind === 'expression') collect(filters.expression, branches, tags);
    if (filters?.kind !== 'map') continue;
    for (const name of namesIn(filters.map['branches'])) branches.add(name);
    for (const name of namesIn(filters.map['tags'])) tags.add(name);
  }
  for (const branch of ['main', 'master', 'some-feature']) branches.add(branch);
  return [...[...branches].map((branch) => ({ branch })), ...[...tags, 'v1.2.3'].map((tag) => ({ tag }))];
}

function namesIn(lists: unknown): readonly string[] {
  if (!isMapping(lists)) return [];
  return [lists['only'], lists['ignore']].flat().flatMap((one) => {
    if (typeof one !== 'string' || one.includes('<<')) return [];
    const source = /^\/(.*)\/$/s.exec(one)?.[1];
    return source === undefined ? [one] : exampleOf(source);
  });
}

/** What an expression compares the branch and the tag with. */
function collect(expression: Expression, branches: Set<string>, tags: Set<string>): void {
  switch (expression.kind) {
    case 'not':
    case 'truth':
      return collect(expression.operand, branches, tags);
    case 'and':
    case 'or':
      for (const operand of expression.operands) collect(operand, branches, tags);
      return;
    case 'equal':
      return collectCompared(expression.operands, branches, tags);
    case 'compare':
      return collectCompared([expression.left, expression.right], branches, tags);
  }
}

function collectCompared(operands: readonly Expression[], branches: Set<string>, tags: Set<string>): void {
  const names = operands.flatMap((one) => (one.kind === 'text' ? one.parts : [one])).flatMap((one) => (one.kind === 'name' ? [one.name] : []));
  const into = names.includes('pipeline.git.branch') ? branches : names.includes('pipeline.git.tag') ? tags : undefined;
  for (const operand of operands) {
    if (operand.kind === 'value' && typeof operand.value === 'string' && operand.value !== '') into?.add(operand.value);
    if (operand.kind === 'pattern') for (const example of exampleOf(operand.source)) into?.add(example);
  }
}

/** What stands for the parts of common patterns, the first that fits. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/\((?:\?[:\w<>]*)?([^()|]*)\|[^()]*\)/g, '$1'],
  [/\[0-9\]|\\d/g, '1'],
  [/\[[^\]]*a-z[^\]]*\]|\\w/gi, 'x'],
  [/\[\^[^\]]*\]/g, 'x'],
  [/\[([^\]\\])[^\]]*\]/g, '$1'],
  [/\\([^\w\s])/g, '$1'],
  [/\{\d+(?:,\d*)?\}/g, ''],
];

/** A text that a pattern matches, if one is easily found. */
export function exampleOf(source: string): readonly string[] {
  const open = source.replaceAll(/^\^|\$$/g, '').replaceAll(/(?<!\\)\.[*+]\??/g, 'x').replaceAll(/(?<!\\)\./g, 'x');
  const bare = PARTS.reduce((text, [part, example]) => text.replaceAll(part, example), open);
  const plain = bare.replaceAll(/[()]/g, '');
  const candidates = [plain.replaceAll(/.\?/g, ''), plain.replaceAll('?', '')].map((text) => text.replaceAll(/[*+]/g, ''));
  return candidates.filter((text) => text !== '' && matchesWhole(source, text) === true).slice(0, 1);
}
