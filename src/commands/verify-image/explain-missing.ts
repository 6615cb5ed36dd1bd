import type { AwsFailure } from '../../aws/failure.js';
import type { Io } from '../../io/io.js';
import { parseEcrHost } from '../../reference.js';
import type { Failure } from '../command.js';
import { describeRule } from '../ensure-repository/differences.js';
import type { OpenedRepository } from '../open-repository.js';

/**
 * Why a commit has no image that can be pulled. ECR gives the same answer, 404, for an image that never was, one that a
 * lifecycle rule has expired and one that is archived, so its API is asked, as far as the role may.
 */
export async function explainMissing(
  commit: string,
  { name, repository }: OpenedRepository,
  role: string,
  io: Io,
): Promise<Failure> {
  const never: Failure = {
    code: 1,
    cause: `commit ${commit} has no image: there is no tag ${commit} in ${name}`,
    next: 'The publish_image job of this commit puts it there. Let this job require that one, or run its pipeline again: nothing is built twice.',
  };
  const ecr = parseEcrHost(repository.host);
  if (ecr === undefined) return never;
  const [{ resolveCredentials }, { openEcrRepository }] = await Promise.all([
    import('../../aws/credentials.js'),
    import('../../aws/ecr-repository.js'),
  ]);
  const credentials = await resolveCredentials({ role, region: ecr.region }, io);
  if (!credentials.ok) return never;
  const { path } = repository;
  const inEcr = openEcrRepository({ ...ecr, path, credentials: credentials.value }, io);
  const [archived, lifecycle] = [await inEcr.isArchived(commit), await inEcr.lifecycle()];
  if (lifecycle.ok && lifecycle.value === undefined) {
    return {
      code: 1,
      cause: `commit ${commit} has no image: there is no repository ${path} in ${ecr.region} of the account ${ecr.account}`,
      next: 'Correct image.repository of the spec; or make the repository: build-once ensure-repository, or the files of gen-config companions.',
    };
  }
  const rules = lifecycle.ok
    ? (lifecycle.value?.rules ?? []).filter(({ selection }) => selection['tagStatus'] !== 'untagged').map(describeRule)
    : [`its lifecycle policy is not known: ${tell(lifecycle.error)}`];
  if (archived.ok && archived.value) {
    return {
      code: 1,
      cause: `commit ${commit} has no image that can be pulled: ${name}:${commit} is archived`,
      details: rules,
      next: `Restore it: aws ecr update-image-storage-class --repository-name ${path} --image-id imageTag=${commit} --target-storage-class STANDARD --region ${ecr.region}. Then run this job again, and let no lifecycle rule take images that have a tag.`,
    };
  }
  const unseen = archived.ok ? [] : [`whether it is archived is not known: ${tell(archived.error)}`];
  if (rules.length === 0) return { ...never, details: unseen };
  return {
    ...never,
    details: [...unseen, 'where it was published before, a rule of the lifecycle policy may have taken it:', ...rules],
    next: `${never.next} Let no lifecycle rule take images that have a tag: build-once ensure-repository shows one that takes none.`,
  };
}

function tell({ cause, next }: AwsFailure): string {
  return [cause, next].filter(Boolean).join('. ');
}
