/** The repository of an image's reference, without tag and digest: of `repo:5000/app:1.2` that is `repo:5000/app`. */
export function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/s, '').replace(/:(?![^:]*\/)[^:]*$/s, '');
}

/** The tag of a reference; empty for a digest, and `latest` where it names neither, as Docker has it. */
export function tagOf(reference: string): string {
  if (reference.includes('@')) return '';
  const repository = repositoryOf(reference);
  return repository === reference ? 'latest' : reference.slice(repository.length + 1);
}

const POINTERS = new Set([
  ...['latest', 'stable', 'edge', 'current', 'main', 'master', 'trunk', 'head', 'develop', 'dev', 'development'],
  ...['staging', 'stage', 'stg', 'prod', 'production', 'prd', 'live', 'nightly', 'release', 'qa', 'test', 'uat'],
]);

/** The branch as CircleCI gives it, and variables made of nothing else. */
const BRANCH = /\$CIRCLE_BRANCH\b|\$\{CIRCLE_BRANCH[^}]*\}|<<\s*pipeline\.git\.branch\s*>>/;
/** What makes a tag of a branch unique. */
const UNIQUE =
  /SHA|COMMIT|REVISION|BUILD|NUM|DATE|TIME|VERSION|CIRCLE_TAG|pipeline\.(?:number|id|git\.(?:tag|revision))|\$\(/i;

/** The tag of a reference where it is one that is moved to newer images, `latest` or a branch; undefined otherwise. */
export function movedTagOf(reference: string): string | undefined {
  const tag = tagOf(reference);
  if (POINTERS.has(tag.toLowerCase())) {
    // Without a tag it may be held by the variable that the reference is.
    return repositoryOf(reference) === reference && /\$|<</.test(reference) ? undefined : tag;
  }
  return BRANCH.test(tag) && !UNIQUE.test(tag.replace(BRANCH, '')) ? tag : undefined;
}
