import type { Io } from '../io/io.js';
import { isRecord, parseJson, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import { callEcr, type EcrCaller, type EcrError } from './ecr-api.js';
import type { AwsFailure } from './failure.js';
import {
  creationInput,
  type Encryption,
  type LifecyclePolicy,
  type LifecycleRule,
  mutabilityInput,
  type RepositorySettings,
  scanInput,
} from './repository-settings.js';

/** The settings that a repository has. */
export interface FoundRepository extends RepositorySettings {
  /** Milliseconds since 1970; 0 where ECR does not say. */
  readonly createdAt: number;
}

/** A repository in ECR, as its API knows it. */
export interface EcrRepository {
  /** Undefined where there is no such repository. */
  find(): Promise<Result<FoundRepository | undefined, AwsFailure>>;
  /** Its lifecycle policy; one without rules where it has none, undefined where there is no such repository. */
  lifecycle(): Promise<Result<LifecyclePolicy | undefined, AwsFailure>>;
  /**
   * Whether the image of a tag is archived: it can be described then, and not pulled.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
   */
  isArchived(tag: string): Promise<Result<boolean, AwsFailure>>;
  /** Makes it, without a lifecycle policy: ECR takes that as a change. */
  create(settings: RepositorySettings): Promise<Result<'created' | 'exists', AwsFailure>>;
  /** Puts the settings that are given, one after the other, and leaves the others as they are. */
  change(settings: Partial<Omit<RepositorySettings, 'encryption'>>): Promise<Result<undefined, AwsFailure>>;
}

/**
 * @param options.account the account of the registry: no other's repository is ever made or changed
 * @param options.path the repository's name in ECR
 */
export function openEcrRepository(
  options: EcrCaller & { readonly account: string; readonly path: string },
  io: Io,
): EcrRepository {
  const { account, path, region } = options;
  const name = { registryId: account, repositoryName: path };
  const explain = (doing: string, operation: string, { code, message }: EcrError): AwsFailure => {
    const cause = `the repository "${path}" of ${account} in ${region} cannot be ${doing}: ${message}`;
    if (code !== 'AccessDeniedException') return { cause };
    return { cause, next: `The role or the AWS credentials need ecr:${operation} on the repository, in ${account}.` };
  };
  const put = async (operation: string, input: object): Promise<Result<undefined, AwsFailure>> => {
    const answer = await callEcr(operation, { ...name, ...input }, options, io);
    return answer.ok ? ok(undefined) : fail(explain('changed', operation, answer.error));
  };
  const findLifecycle = async (): Promise<Result<LifecyclePolicy | undefined, AwsFailure>> => {
    const answer = await callEcr('GetLifecyclePolicy', name, options, io);
    if (answer.ok) return ok(readLifecycle(stringAt(answer.value, 'lifecyclePolicyText')));
    if (answer.error.code === 'LifecyclePolicyNotFoundException') return ok({ rules: [] });
    if (answer.error.code === 'RepositoryNotFoundException') return ok(undefined);
    return fail(explain('looked up', 'GetLifecyclePolicy', answer.error));
  };
  return {
    find: async () => {
      const input = { registryId: account, repositoryNames: [path] };
      const answer = await callEcr('DescribeRepositories', input, options, io);
      if (!answer.ok) {
        if (answer.error.code === 'RepositoryNotFoundException') return ok(undefined);
        return fail(explain('looked up', 'DescribeRepositories', answer.error));
      }
      const found = listAt(answer.value, 'repositories')[0];
      if (found === undefined) return ok(undefined);
      const lifecycle = await findLifecycle();
      if (!lifecycle.ok) return lifecycle;
      return ok(lifecycle.value && { ...readSettings(found), lifecycle: lifecycle.value });
    },
    lifecycle: findLifecycle,
    isArchived: async (tag) => {
      const input = { ...name, imageIds: [{ imageTag: tag }], filter: { imageStatus: 'ARCHIVED' } };
      const answer = await callEcr('DescribeImages', input, options, io);
      if (!answer.ok && answer.error.code === 'ImageNotFoundException') return ok(false);
      if (!answer.ok) return fail(explain('looked into', 'DescribeImages', answer.error));
      return ok(stringAt(listAt(answer.value, 'imageDetails')[0], 'imageStatus') === 'ARCHIVED');
    },
    create: async (settings) => {
      const answer = await callEcr('CreateRepository', { ...name, ...creationInput(settings) }, options, io);
      if (answer.ok) return ok('created');
      if (answer.error.code === 'RepositoryAlreadyExistsException') return ok('exists');
      return fail(explain('created', 'CreateRepository', answer.error));
    },
    change: async ({ mutability, scanOnPush, lifecycle }) => {
      const changes: readonly (readonly [string, object | undefined])[] = [
        ['PutImageTagMutability', mutability && mutabilityInput(mutability)],
        ['PutImageScanningConfiguration', scanOnPush === undefined ? undefined : scanInput(scanOnPush)],
        ['PutLifecyclePolicy', lifecycle && { lifecyclePolicyText: JSON.stringify(lifecycle) }],
      ];
      for (const [operation, input] of changes) {
        const done = input === undefined ? ok(undefined) : await put(operation, input);
        if (!done.ok) return done;
      }
      return ok(undefined);
    },
  };
}

/** What DescribeRepositories says of a repository; what it leaves out is what ECR takes without it. */
function readSettings(found: unknown): Omit<FoundRepository, 'lifecycle'> {
  const scanning = isRecord(found) ? found['imageScanningConfiguration'] : undefined;
  const encrypted = isRecord(found) ? found['encryptionConfiguration'] : undefined;
  const encryption: Encryption = {
    type: stringAt(encrypted, 'encryptionType') ?? 'AES256',
    kmsKey: stringAt(encrypted, 'kmsKey'),
  };
  const exclusions = listAt(found, 'imageTagMutabilityExclusionFilters').map((one) => stringAt(one, 'filter') ?? '');
  return {
    mutability: { kind: stringAt(found, 'imageTagMutability') ?? 'MUTABLE', exclusions: exclusions.sort() },
    scanOnPush: isRecord(scanning) && scanning['scanOnPush'] === true,
    encryption,
    createdAt: Number((isRecord(found) && found['createdAt']) || 0) * 1000,
  };
}

function readLifecycle(text: string | undefined): LifecyclePolicy {
  const rules = listAt(parseJson(text ?? ''), 'rules').map((rule): LifecycleRule => {
    const { rulePriority, selection, action } = isRecord(rule) ? rule : {};
    return {
      rulePriority: Number(rulePriority),
      selection: isRecord(selection) ? selection : {},
      action: isRecord(action) ? action : {},
    };
  });
  return { rules: rules.sort((one, other) => one.rulePriority - other.rulePriority) };
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
