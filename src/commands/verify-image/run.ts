import type { Io } from '../../io/io.js';
import { plainText } from '../../io/plain-text.js';
import { isTag, passedTag } from '../../reference.js';
import { readLabels } from '../../registry/image-labels.js';
import { findMissingPlatforms, readPlatforms } from '../../registry/platforms.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure, Options, Run } from '../command.js';
import { checkRollback } from '../commit.js';
import { keepManifest } from '../kept-manifest.js';
import { type OpenedRepository, openRepository, readPlatformsOption, readRepository } from '../open-repository.js';
import { readNames } from '../read-names.js';
import { registryFailure } from '../registry-failure.js';
import { writeRelease } from '../release-record.js';
import type { Checked } from '../running/check-running.js';
import { checkPassed } from './check-passed.js';
import type { parameters } from './declaration.js';
import { explainMissing } from './explain-missing.js';

/** Where the values of the proof begin. */
const NEXT_LINE = '\n'.padEnd(14);

type VerifyOptions = Options<typeof parameters>;

export const run: Run<typeof parameters> = async (options, io) => {
  const { after, commit, environment } = options;
  const wanted = readPlatformsOption(options.platforms);
  if (!wanted.ok) return wanted;
  if (after !== '' && !isTag(passedTag(after, commit))) {
    return fail({ code: 2, cause: `--after is ${JSON.stringify(after)}: expected the name of an environment` });
  }
  const rollback = checkRollback(options.rollback_to);
  if (!rollback.ok) return rollback;
  const opened = await openRepository(options, io);
  if (!opened.ok) return opened;
  const { registry, name } = opened.value;

  const published = await registry.findManifest(commit);
  if (!published.ok) return fail(registryFailure(published.error));
  if (published.value === undefined) {
    return fail(await explainMissing(commit, opened.value, options.role, io));
  }
  const { digest } = published.value;
  const platforms = await readPlatforms(registry, published.value);
  if (!platforms.ok) return fail(registryFailure(platforms.error));
  const missing = await findMissingPlatforms(registry, published.value, wanted.value);
  if (!missing.ok) return fail(registryFailure(missing.error));
  if (missing.value.length > 0) {
    return fail({
      code: 1,
      cause: `${name}@${digest} is for ${platforms.value.join(', ')} and lacks ${missing.value.join(', ')}`,
      next: 'Add the platform to image.platforms of the spec, and make a new commit: the tag of a commit is never moved.',
    });
  }
  const passed =
    after === ''
      ? ok([`nothing comes before ${environment}`])
      : await checkPassed(opened.value, { after, commit, digest, environment });
  if (!passed.ok) return passed;
  const labels = await readLabels(registry, published.value);
  if (!labels.ok) return fail(registryFailure(labels.error));
  const { created } = labels.value;
  const checked = await compareWithRunning(options, opened.value, { digest, created }, io);
  if (!checked.ok) return checked;

  const proof: readonly (readonly [string, string])[] = [
    ['environment', environment],
    ['commit', commit],
    ['image', `${name}@${digest}`],
    ['platforms', platforms.value.join(', ')],
    ['built', created ?? 'the image does not say when'],
    ['passed by', passed.value.join(NEXT_LINE)],
    ['running', checked.value?.reasons.join(NEXT_LINE) ?? 'not compared, for no workloads are named'],
  ];
  for (const [label, value] of proof) io.stdout.write(`${`${label}:`.padEnd(13)}${plainText(value)}\n`);
  const image = {
    repository: name,
    digest,
    platforms: platforms.value,
    ...(created === undefined ? {} : { created }),
    ...(checked.value === undefined ? {} : { replaces: checked.value.images }),
  };
  await keepManifest(io, options.directory, published.value);
  await writeRelease(io, options.directory, { version: 1, commit, images: [image] });
  return ok({ summary: `${name}@${digest} may go to ${environment}` });
};

/** Compares the commit with what the workloads run; undefined where none are named. */
async function compareWithRunning(
  options: VerifyOptions,
  { registry, repository }: OpenedRepository,
  image: { readonly digest: string; readonly created: string | undefined },
  io: Io,
): Promise<Result<Checked | undefined, Failure>> {
  if (options.workloads === '') return ok(undefined);
  const destination =
    options.destination === '' ? ok(repository) : readRepository(options.destination, '--destination');
  if (!destination.ok) return destination;
  const { environment, commit, newer_by: newerBy, rollback_to: rollbackTo } = options;
  const hasManifests = options.manifests !== '';
  const candidate = { environment, commit, ...image, newerBy, hasManifests, rollbackTo };
  const { checkRunning } = await import('../running/check-running.js');
  const match = { repository: destination.value, containers: readNames(options.containers) };
  return checkRunning(options, candidate, { match, registry }, io);
}
