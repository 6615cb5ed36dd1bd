import { passedRecordTag, passedTag } from '../../reference.js';
import { describeRegistryError } from '../../registry/error.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';
import { readPassedRecord } from '../passed-record.js';
import { registryFailure } from '../registry-failure.js';

/** What must have been passed, by which environment, and which one asks. */
interface Expected {
  readonly after: string;
  readonly commit: string;
  readonly digest: string;
  readonly environment: string;
}

/**
 * Demands that the environment before has run this very digest.
 * @returns who has passed it, and when: lines of the proof
 */
export async function checkPassed(
  opened: OpenedRepository,
  expected: Expected,
): Promise<Result<readonly string[], Failure>> {
  const { after, commit, digest, environment } = expected;
  const tag = passedTag(after, commit);
  const passed = await opened.registry.findManifest(tag);
  if (!passed.ok) return fail(registryFailure(passed.error));
  if (passed.value === undefined) {
    return fail({
      code: 1,
      cause: `${after} has not passed commit ${commit}: there is no tag ${tag} in ${opened.name}`,
      next: `Let the deployment to ${after} of this commit end well: its pass_image step puts the tag there. Then run this job again.`,
    });
  }
  if (passed.value.digest !== digest) {
    return fail({
      code: 1,
      cause: `${after} has run another image of commit ${commit}: ${tag} is ${passed.value.digest}, but ${commit} is ${digest}`,
      next: `Somebody has moved a tag in ${opened.name}. Find out who, and deploy a new commit to ${after} before ${environment}.`,
    });
  }
  return ok([`${after} (tag ${tag})`, ...(await readOrigin(opened, expected))]);
}

/** The tag is what counts, and has no time: where its record is missing the proof says so. */
async function readOrigin({ registry, name }: OpenedRepository, { after, commit, digest }: Expected) {
  const tag = passedRecordTag(after, commit);
  const found = await registry.findManifest(tag);
  if (!found.ok) return [`by which job and when is not known: ${describeRegistryError(found.error)}`];
  const record = found.value && readPassedRecord(found.value);
  if (record?.digest !== digest || record.time === undefined) {
    return [`by which job and when is not recorded: ${name}:${tag} is no record of this digest`];
  }
  const { time, job, user } = record;
  return [
    `at ${time}`,
    ...(job === undefined ? [] : [`by ${job}`]),
    ...(user === undefined ? [] : [`for user ${user}`]),
  ];
}
