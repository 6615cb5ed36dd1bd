/** How a repository in ECR is set up. Plain values: the generator writes them down, a job compares them. */
export interface RepositorySettings {
  readonly mutability: TagMutability;
  readonly scanOnPush: boolean;
  readonly encryption: Encryption;
  /** Undefined: whatever is there. */
  readonly lifecycle: LifecyclePolicy | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
export interface TagMutability {
  readonly kind: string;
  /** Filters of the tags that are excluded from the rule; sorted. */
  readonly exclusions: readonly string[];
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html */
export interface Encryption {
  readonly type: string;
  /** ARN of the key; undefined: the key that AWS manages. */
  readonly kmsKey: string | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
export interface LifecyclePolicy {
  readonly rules: readonly LifecycleRule[];
}

export interface LifecycleRule {
  readonly rulePriority: number;
  readonly description?: string;
  readonly selection: Readonly<Record<string, unknown>>;
  readonly action: Readonly<Record<string, unknown>>;
}

/** Tags that never move, but for those that a filter excludes. */
export function immutableTags(exclusions: readonly string[]): TagMutability {
  const kind = exclusions.length === 0 ? 'IMMUTABLE' : 'IMMUTABLE_WITH_EXCLUSION';
  return { kind, exclusions: [...exclusions].sort() };
}

/**
 * Days after which an image without a tag expires. What a build job pushes has no tag until the publish job makes the
 * index, and that job can be run again for as long as its workspace lives: 15 days at most.
 * @see https://circleci.com/docs/guides/orchestrate/workspaces/
 */
export const UNTAGGED_DAYS = 16;

/**
 * The one rule that is safe here: it takes images that have no tag, and nothing that a tag names.
 *
 * - ECR keeps what an index names (platforms, attestations) for as long as the index is there, and what refers to an
 *   image goes with it, so nothing of an image with a tag is taken.
 * - No rule may select by tag. ECR takes an image when one of its tags matches, whatever its others are: the image of a
 *   commit, what an environment has passed, and what runs in production are one digest under several tags, and a pattern
 *   such as `*-linux-amd64` also matches an image of one platform and a pointer for a branch of such a name.
 * - No rule may select by age or count of tagged images. Age counts from the first push, and a passed tag does not make an
 *   image younger; a count counts commits that were never deployed; and ECR does not know what runs in a cluster.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html (evaluation rules)
 */
export function expireUntagged(days: number): LifecyclePolicy {
  return {
    rules: [
      {
        rulePriority: 1,
        description: `No tag for ${days} days: builds that were never published. Nothing that has a tag may expire.`,
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: days },
        action: { type: 'expire' },
      },
    ],
  };
}

/**
 * Settings as CreateRepository takes them; the lifecycle policy is not among them.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export function creationInput({ mutability, scanOnPush, encryption }: RepositorySettings) {
  const { type, kmsKey } = encryption;
  return {
    ...mutabilityInput(mutability),
    ...scanInput(scanOnPush),
    encryptionConfiguration: { encryptionType: type, ...(kmsKey === undefined ? {} : { kmsKey }) },
  };
}

/** As PutImageTagMutability takes it. */
export function mutabilityInput({ kind, exclusions }: TagMutability) {
  const filters = exclusions.map((filter) => ({ filterType: 'WILDCARD', filter }));
  return {
    imageTagMutability: kind,
    ...(filters.length === 0 ? {} : { imageTagMutabilityExclusionFilters: filters }),
  };
}

/** As PutImageScanningConfiguration takes it. */
export function scanInput(scanOnPush: boolean) {
  return { imageScanningConfiguration: { scanOnPush } };
}
