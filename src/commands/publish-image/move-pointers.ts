import type { Io } from '../../io/io.js';
import { plainText } from '../../io/plain-text.js';
import type { Manifest } from '../../registry/manifest.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';
import { adviseExclusion, registryFailure } from '../registry-failure.js';
import type { Pointers } from './pointers.js';
import { compareVersions, findHighest, formatVersion, type Version } from './version.js';

interface Move {
  readonly pointers: Pointers;
  /** The image of the commit, which has its SHA tag by now. */
  readonly image: Manifest;
  readonly opened: OpenedRepository;
  readonly io: Io;
}

/** Moves the pointers to the image of the commit, and says for each where it was and is. */
export async function movePointers(move: Move): Promise<Result<undefined, Failure>> {
  const { pointers, image, io } = move;
  for (const note of pointers.notes) io.stdout.write(`${plainText(note)}\n`);
  for (const { tag } of pointers.moved) {
    const moved = await movePointer(move, tag, image);
    if (!moved.ok) return moved;
  }
  return pointers.release === undefined ? ok(undefined) : moveAliases(move, pointers.release);
}

/** What `movePointers` would do, in one line. */
export function describePointers({ moved, release }: Pointers): string | undefined {
  const tags = [...moved.map(({ tag }) => tag), ...(release === undefined ? [] : [...aliasesOf(release).keys()])];
  return tags.length === 0 ? undefined : `Would move the pointers ${tags.join(', ')}.\n`;
}

/** @param fixed whether the tag, where another pipeline has just put it, stays as it is */
async function movePointer(
  { opened, io }: Move,
  tag: string,
  image: Manifest,
  fixed = false,
): Promise<Result<undefined, Failure>> {
  const { registry, name } = opened;
  const before = await registry.headManifest(tag);
  if (!before.ok) return fail(registryFailure(before.error));
  if (before.value === image.digest) {
    io.stdout.write(`${name}:${tag} is on ${image.digest} already.\n`);
    return ok(undefined);
  }
  const put = await (fixed ? registry.putManifest(tag, image) : registry.moveTag(tag, image));
  if (!put.ok && put.error.kind === 'immutable-tag') {
    return fail({
      ...registryFailure(put.error),
      next: `A pointer must be a tag that can be moved. ${adviseExclusion(name, tag)}`,
    });
  }
  if (!put.ok) return fail(registryFailure(put.error));
  const after = await registry.headManifest(tag);
  if (!after.ok) return fail(registryFailure(after.error));
  const was = before.value === undefined ? 'new' : `it was on ${before.value}`;
  const since =
    after.value === image.digest ? '' : ` Another pipeline has moved it to ${after.value ?? 'nothing'} since.`;
  io.stdout.write(`${name}:${tag} is on ${image.digest} now (${was}).${since}\n`);
  return ok(undefined);
}

/** The aliases of a release, and which versions each may be of. */
function aliasesOf({ major, minor, patch }: Version): ReadonlyMap<string, (version: Version) => boolean> {
  const same = (other: Version) => other.major === major;
  return new Map([
    [`${major}.${minor}.${patch}`, (other) => same(other) && other.minor === minor && other.patch === patch],
    [`${major}.${minor}`, (other) => same(other) && other.minor === minor],
    [`${major}`, same],
  ]);
}

/** Rounds of looking again, each after another pipeline has released a higher version in between. */
const ROUNDS = 5;

/**
 * Moves the aliases of a release forward. The tag of the whole version is put first and never moves; after each move the
 * tags are listed again, and an alias that another pipeline should have moved further goes on to the highest version: so
 * whichever of two releases is the last to write, the higher one keeps the alias.
 */
async function moveAliases(move: Move, release: Version): Promise<Result<undefined, Failure>> {
  const { image, opened, io } = move;
  const { registry, name } = opened;
  const exact = formatVersion(release);
  const there = await registry.headManifest(exact);
  if (!there.ok) return fail(registryFailure(there.error));
  if (there.value !== undefined && there.value !== image.digest) {
    io.stdout.write(
      `${name}:${exact} is on ${there.value} and stays there: a version is released once, so no alias is moved to ${image.digest}.\n`,
    );
    return ok(undefined);
  }
  const placed = await movePointer(move, exact, image, true);
  if (!placed.ok) return placed;
  const aliases = [...aliasesOf(release)].filter(([alias]) => alias !== exact);
  const moved = new Map<string, Version>();
  const kept = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const tags = await registry.listTags();
    if (!tags.ok) return fail(registryFailure(tags.error));
    let settled = true;
    for (const [alias, within] of aliases) {
      const highest = findHighest([...tags.value, exact], within);
      const last = moved.get(alias);
      if (kept.has(alias) || highest === undefined) continue;
      if (last === undefined && compareVersions(highest.version, release) > 0) {
        io.stdout.write(
          `${name}:${alias} stays where it is: ${highest.tag} is there, which is higher than ${exact}.\n`,
        );
        kept.add(alias);
        continue;
      }
      if (last !== undefined && compareVersions(highest.version, last) <= 0) continue;
      const target = last === undefined ? ok(image) : await registry.findManifest(highest.tag);
      if (!target.ok) return fail(registryFailure(target.error));
      if (target.value === undefined) continue;
      const put = await movePointer(move, alias, target.value);
      if (!put.ok) return put;
      moved.set(alias, highest.version);
      settled = false;
    }
    if (settled) return ok(undefined);
  }
  return fail({
    code: 1,
    cause: `the aliases of ${exact} do not come to rest: other pipelines release higher versions all the time`,
    next: 'Run this job again when they are done.',
  });
}
