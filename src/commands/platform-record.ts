import { join } from 'node:path';
import type { Io } from '../io/io.js';
import { isRecord, parseJson } from '../json.js';
import { isDigest } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';

/** What build_image leaves for publish_image: `<os>-<architecture>[-<variant>].json`. */
export interface PlatformRecord {
  readonly version: 1;
  readonly commit: string;
  /** `host/path`. */
  readonly repository: string;
  readonly platform: string;
  /** Digest of the image's manifest. */
  readonly digest: string;
  /** Digest of the index that holds the image together with its attestations, where it has any. */
  readonly attested?: string;
}

/** `linux-amd64` for `linux/amd64`. */
export function platformName(platform: string): string {
  return platform.replaceAll('/', '-');
}

/** Where the record of a platform is. */
export function platformRecordPath(directory: string, platform: string): string {
  return join(directory, `${platformName(platform)}.json`);
}

/** Writes the record of a platform. */
export async function writePlatformRecord(io: Io, directory: string, record: PlatformRecord): Promise<void> {
  await io.files.write(platformRecordPath(directory, record.platform), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Reads the record of a platform.
 * @returns undefined where there is no file; a failure for a file that is no record, or one of something else
 */
export async function readPlatformRecord(
  io: Io,
  directory: string,
  expected: Omit<PlatformRecord, 'version' | 'digest' | 'attested'>,
): Promise<Result<PlatformRecord | undefined, Failure>> {
  const path = platformRecordPath(directory, expected.platform);
  const text = await io.files.read(path);
  if (text === undefined) return ok(undefined);
  const record = parseRecord(text);
  if (record === undefined) {
    const next = `Run the build_image job of ${expected.platform} again.`;
    return fail({ code: 1, cause: `${path} is not a record of build_image`, next });
  }
  for (const key of ['commit', 'repository', 'platform'] as const) {
    if (record[key] !== expected[key]) {
      return fail({
        code: 1,
        cause: `${path} is of ${key} ${JSON.stringify(record[key])}, but this job is of ${expected[key]}`,
        next: 'Attach the workspace of this pipeline only, and give build_image and publish_image the same parameters.',
      });
    }
  }
  return ok(record);
}

function parseRecord(text: string): PlatformRecord | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { version, commit, repository, platform, digest, attested } = value;
  if (version !== 1 || typeof commit !== 'string' || typeof repository !== 'string') return undefined;
  if (typeof platform !== 'string' || typeof digest !== 'string' || !isDigest(digest)) return undefined;
  if (attested === undefined) return { version, commit, repository, platform, digest };
  if (typeof attested !== 'string' || !isDigest(attested)) return undefined;
  return { version, commit, repository, platform, digest, attested };
}
