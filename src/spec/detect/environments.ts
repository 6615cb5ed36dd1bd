/** Names that environments have in folders, namespaces, contexts and values files, in the order of a delivery. */
const ORDER: readonly (readonly string[])[] = [
  ['dev', 'development', 'develop'],
  ['test', 'testing', 'integration', 'int'],
  ['qa'],
  ['staging', 'stage', 'stg'],
  ['uat', 'acceptance'],
  ['preprod', 'preproduction', 'pre-production'],
  ['production', 'prod', 'prd', 'live'],
];

const rankOf = (word: string) => ORDER.findIndex((names) => names.includes(word.toLowerCase()));

/** How far along a delivery an environment is, `production-eu` as far as `production`; -1 where its name does not say. */
export function stageOf(name: string): number {
  return rankOf(environmentIn(name) ?? '');
}

/** Whether a word is what people call an environment. */
export function isEnvironmentName(word: string): boolean {
  return rankOf(word) >= 0;
}

/** Whether two names are of the same environment: `prod` and `production`, but not `production-eu` and `production-us`. */
export function isSameEnvironment(a: string, b: string): boolean {
  return a === b || (rankOf(a) >= 0 && rankOf(a) === rankOf(b));
}

/** Whether a text (a context, a role, the name of a job) is about an environment. */
export function speaksOf(text: string, environment: string): boolean {
  const words = `-${text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-`;
  const wanted = `-${environment.replaceAll(/[^a-z0-9]+/g, '-')}-`;
  return words.includes(wanted) || isSameEnvironment(environmentIn(text) ?? '', environment);
}

/** The environment that a path, a namespace or a name of a job speaks of; undefined when none. */
export function environmentIn(text: string): string | undefined {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => isEnvironmentName(word));
  return words.at(-1);
}

/** The environment that a folder is of: a part of its path that is, or starts with, the name of one: `production-eu`. */
export function environmentOfFolder(folder: string): string | undefined {
  const parts = folder.split('/').filter((part) => /^[a-z][a-z0-9_-]{0,39}$/.test(part));
  return parts.findLast((part) => isEnvironmentName(part.split(/[-_]/)[0] ?? '')) ?? environmentIn(folder);
}

/** Whether a delivery ends there, so that a person has to approve it. */
export function isProduction(name: string): boolean {
  return stageOf(name) === ORDER.length - 1;
}

/** Each environment once, in the order of a delivery; names that say nothing about their order stand first. */
export function orderEnvironments(names: readonly string[]): readonly string[] {
  const unique: string[] = [];
  for (const name of names) if (!unique.some((other) => isSameEnvironment(other, name))) unique.push(name);
  return unique.sort((a, b) => stageOf(a) - stageOf(b));
}
