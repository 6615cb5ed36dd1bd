import { repositoryOf } from './manifests.js';
import { lineAt, type Mention } from './repository.js';
import { expand, readVariables } from './variables.js';

/** A repository of ECR, wherever it stands. */
const ECR = /\b\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9]+(?:[._/-][a-z0-9]+)*/g;

const REPOSITORY = '((?:[a-z0-9][a-z0-9.-]*(?::\\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)';

/** What Docker pushes. */
const PUSHED = new RegExp(`\\bdocker(?: image)? push(?: -\\S+)* *["']?${REPOSITORY}`, 'g');

/** What Docker gives a name to, in one line or in several that a backslash joins. */
const TAGGED = new RegExp(
  `\\bdocker(?:(?: image| buildx)? build\\b(?:[^\\n|;&\\\\]|\\\\\\n?){0,500}? (?:-t|--tag)[ =]|(?: image)? tag \\S{1,300} ) *["']?${REPOSITORY}`,
  'g',
);

/**
 * The image repositories that a config of CircleCI names, with what its variables stand for: `$REGISTRY/shop` where some
 * `environment:` or a step of the config says what REGISTRY is.
 */
export function findRegistries(text: string, value: unknown, file: string): readonly Mention[] {
  const found = expand(text, readVariables(value)).flatMap((expanded) => [
    ...mentions(expanded, file, ECR),
    ...mentions(expanded, file, PUSHED).filter(isRemote),
    // A name without a host may be meant for this machine alone.
    ...mentions(expanded, file, TAGGED).filter((one) => isRemote(one) && /^[^/]+[.:]/.test(one.text)),
  ]);
  return once(found);
}

function isRemote({ text }: Mention): boolean {
  return repositoryOf(text) !== undefined && !/^(?:localhost|127\.)/.test(text);
}

/** What a pattern finds, its first group where it has one; each text once. */
export function mentions(text: string, file: string, pattern: RegExp): readonly Mention[] {
  return once(
    [...text.matchAll(pattern)].map((match) => ({
      text: match[1] ?? match[0],
      at: { file, line: lineAt(text, match.index) },
    })),
  );
}

function once(found: readonly Mention[]): readonly Mention[] {
  return found.filter((one, index) => found.findIndex((other) => other.text === one.text) === index);
}
