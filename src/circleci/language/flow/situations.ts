import type { Expression } from '../../../expressions/expression.js';
import { matchesWhole } from '../../../expressions/pattern.js';
import { isMapping } from '../../../yaml/mapping.js';
import type { Workflow } from '../model.js';
import { remember } from '../remember.js';
import type { Situation } from './situation.js';

/** A branch that nobody has written a filter for, as a pull request has one. */
export const ANY_BRANCH = { branch: 'some-feature' };

/**
 * Situations in which the jobs of a workflow may run differently: one for every branch and tag that its filters and its
 * condition name, an example for every pattern, and a branch and a tag that none of them name. What is asked of them is
 * asked with real names, so an answer holds for at least that one.
 */
export const situationsOf = remember(({ jobs, condition }: Workflow): readonly Situation[] => {
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
});

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
  for (const { operands, starts } of comparisonsIn(expression)) {
    const names = operands.flatMap(namesOf);
    const into = names.includes('pipeline.git.branch')
      ? branches
      : names.includes('pipeline.git.tag')
        ? tags
        : undefined;
    for (const operand of operands) {
      if (operand.kind === 'value' && typeof operand.value === 'string' && operand.value !== '') {
        into?.add(starts ? `${operand.value}x` : operand.value);
      }
      if (operand.kind === 'pattern') for (const example of exampleOf(operand.source)) into?.add(example);
    }
  }
}

interface Comparison {
  readonly operands: readonly Expression[];
  /** Whether it looks at the start alone. */
  readonly starts: boolean;
}

function comparisonsIn(expression: Expression): readonly Comparison[] {
  switch (expression.kind) {
    case 'not':
    case 'truth':
      return comparisonsIn(expression.operand);
    case 'and':
    case 'or':
      return expression.operands.flatMap(comparisonsIn);
    case 'equal':
      return [{ operands: expression.operands, starts: false }];
    case 'compare':
      return [{ operands: [expression.left, expression.right], starts: expression.operator === 'starts-with' }];
    default:
      return [];
  }
}

function namesOf(expression: Expression): readonly string[] {
  const parts = expression.kind === 'text' ? expression.parts : [expression];
  return parts.flatMap((one) => (one.kind === 'name' ? [one.name] : []));
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
  const open = source
    .replaceAll(/^\^|\$$/g, '')
    .replaceAll(/(?<!\\)\.[*+]\??/g, 'x')
    .replaceAll(/(?<!\\)\./g, 'x');
  const bare = PARTS.reduce((text, [part, example]) => text.replaceAll(part, example), open);
  const plain = bare.replaceAll(/[()]/g, '');
  const candidates = [plain.replaceAll(/.\?/g, ''), plain.replaceAll('?', '')].map((text) =>
    text.replaceAll(/[*+]/g, ''),
  );
  return candidates.filter((text) => text !== '' && matchesWhole(source, text) === true).slice(0, 1);
}
