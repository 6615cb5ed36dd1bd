const POD = '(?:web|migrate)(?:-[a-z0-9]+)+';

/**
 * What a scene says as a pattern.
 * @param given what stands for `{name}`
 */
export function makePattern(says: string, given: Readonly<Record<string, string>>): RegExp {
  const parts = says.split(/(…|\{\w+\})/).map((part) => {
    if (part === '…') return '.*';
    if (part === '{pod}') return POD;
    if (part === '{count}') return '\\d+';
    return (given[part.slice(1, -1)] ?? part).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(parts.join(''));
}
