import { findBadFilter } from '../../aws/exclusion-filters.js';
import { expireUntagged, immutableTags, type RepositorySettings } from '../../aws/repository-settings.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure, Options } from '../command.js';
import type { parameters } from './declaration.js';

/** The settings that the options ask for. */
export function readSettings(options: Options<typeof parameters>): Result<RepositorySettings, Failure> {
  const { encryption, kms_key: key, untagged_days: days, scan_on_push: scanOnPush } = options;
  const wrong = (cause: string, next: string) => fail({ code: 2, cause, next } as const);
  const filters = split(options.exclusion_filters);
  const bad = findBadFilter(filters, split(options.environments));
  if (bad !== undefined) {
    return wrong(`--exclusion-filters: ${bad}`, 'Name the tags that must move: main, 1 and 1.*, buildcache-*.');
  }
  if (days < 0) return wrong(`--untagged-days is ${days}`, 'Expected a number of days, or 0 for no rule.');
  if (key !== '' && encryption === 'AES256') {
    return wrong('there is a --kms-key, but --encryption is AES256', 'Give --encryption KMS.');
  }
  if (key !== '' && !/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(key)) {
    return wrong(
      `--kms-key is ${JSON.stringify(key)}: expected the ARN of a key`,
      'Like arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias can come to mean another key.',
    );
  }
  return ok({
    mutability: immutableTags(filters),
    scanOnPush,
    encryption: { type: encryption, kmsKey: key === '' ? undefined : key },
    lifecycle: days === 0 ? undefined : expireUntagged(days),
  });
}

/** Names separated by commas, none twice. */
function split(text: string): readonly string[] {
  return [...new Set(text.split(',').map((one) => one.trim()))].filter((one) => one !== '');
}
