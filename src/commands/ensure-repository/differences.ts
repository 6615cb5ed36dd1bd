import type { LifecyclePolicy, LifecycleRule, RepositorySettings } from '../../aws/repository-settings.js';

/** A setting of a repository in words. */
export interface Described {
  readonly setting: keyof RepositorySettings;
  readonly words: string;
}

/** A setting that is not what was asked for. */
export interface Difference extends Described {
  /** What it is instead. */
  readonly found: string;
}

/** The settings that differ; none where all is as it should be. */
export function compareSettings(found: RepositorySettings, wanted: RepositorySettings): readonly Difference[] {
  const comparable = describeSettings({
    ...found,
    // Where no key is named the one that AWS manages will do, and so will any other.
    encryption: { ...found.encryption, kmsKey: wanted.encryption.kmsKey && (found.encryption.kmsKey ?? 'no key') },
    lifecycle: wanted.lifecycle && found.lifecycle,
  });
  return describeSettings(wanted).flatMap(({ setting, words }) => {
    const before = comparable.find((one) => one.setting === setting)?.words ?? '';
    return before === words ? [] : [{ setting, words, found: before }];
  });
}

/** Every setting by everything that it does: two that read the same are the same. */
export function describeSettings(settings: RepositorySettings): readonly Described[] {
  const { mutability, scanOnPush, encryption, lifecycle } = settings;
  const key = encryption.kmsKey === undefined ? '' : ` with ${encryption.kmsKey}`;
  return [
    { setting: 'mutability', words: `tags: ${[mutability.kind, ...mutability.exclusions].join(', ')}` },
    { setting: 'scanOnPush', words: `scan on push: ${scanOnPush ? 'on' : 'off'}` },
    { setting: 'encryption', words: `encryption: ${encryption.type}${key}` },
    { setting: 'lifecycle', words: `lifecycle policy: ${describeLifecycle(lifecycle)}` },
  ];
}

function describeLifecycle(policy: LifecyclePolicy | undefined): string {
  if (policy === undefined) return 'left as it is';
  return policy.rules.length === 0 ? 'none' : policy.rules.map(describeRule).join('; ');
}

/** `rule 1: type expire: countNumber 16, ...` */
export function describeRule({ rulePriority, selection, action }: LifecycleRule): string {
  const say = (part: Readonly<Record<string, unknown>>) =>
    Object.entries(part)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ');
  const risk = selection['tagStatus'] === 'untagged' ? '' : ' [it can take images that run]';
  return `rule ${rulePriority}: ${say(action)}: ${say(selection)}${risk}`;
}
