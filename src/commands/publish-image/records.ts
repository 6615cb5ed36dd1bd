import type { Io } from '../../io/io.js';
import { ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';
import { type PlatformRecord, platformRecordPath, readPlatformRecord } from '../platform-record.js';

/** The records of build_image that are there, in the order of the platforms, and what to say when not all of them are. */
export interface ReadRecords {
  readonly found: readonly PlatformRecord[];
  readonly missing: Failure | undefined;
}

/** Reads the record of every platform. A record of another commit, repository or platform is a failure. */
export async function readRecords(job: {
  readonly options: { readonly directory: string; readonly commit: string };
  readonly platforms: readonly string[];
  readonly opened: OpenedRepository;
  readonly io: Io;
}): Promise<Result<ReadRecords, Failure>> {
  const { options, platforms, opened, io } = job;
  const found: PlatformRecord[] = [];
  const missing: string[] = [];
  for (const platform of platforms) {
    const expected = { commit: options.commit, repository: opened.name, platform };
    const record = await readPlatformRecord(io, options.directory, expected);
    if (!record.ok) return record;
    if (record.value === undefined) missing.push(platform);
    else found.push(record.value);
  }
  const paths = missing.map((platform) => platformRecordPath(options.directory, platform));
  return ok({
    found,
    missing:
      missing.length === 0
        ? undefined
        : {
            code: 1,
            cause: `there is no image of ${missing.join(', ')} to publish: ${paths.join(', ')} not found`,
            next: `The build_image job of ${missing.join(' and of ')} writes it. Let this job require that one, and attach its workspace.`,
          },
  });
}
