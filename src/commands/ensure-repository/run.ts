import { resolveCredentials } from '../../aws/credentials.js';
import { type EcrRepository, type FoundRepository, openEcrRepository } from '../../aws/ecr-repository.js';
import type { RepositorySettings } from '../../aws/repository-settings.js';
import type { Io } from '../../io/io.js';
import { plainText } from '../../io/plain-text.js';
import { formatRepository, parseEcrHost } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { Done, Failure, Run } from '../command.js';
import { readRepository } from '../open-repository.js';
import type { parameters } from './declaration.js';
import { compareSettings, type Difference, describeSettings } from './differences.js';
import { readSettings } from './settings.js';

/** A repository, and what it is to be like. */
interface Task {
  /** `host/path`. */
  readonly name: string;
  readonly repository: EcrRepository;
  readonly wanted: RepositorySettings;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly io: Io;
}

export const run: Run<typeof parameters> = async (options, io) => {
  const named = readRepository(options.repository);
  if (!named.ok) return named;
  const name = formatRepository(named.value);
  const ecr = parseEcrHost(named.value.host);
  if (ecr === undefined) {
    return fail({
      code: 2,
      cause: `${name} is not in a private registry of ECR`,
      next: 'Expected <account>.dkr.ecr.<region>.amazonaws.com/<name>. Other registries make a repository with the first push, or have settings of their own.',
    });
  }
  const wanted = readSettings(options);
  if (!wanted.ok) return wanted;
  const credentials = await resolveCredentials({ role: options.role, region: ecr.region }, io);
  if (!credentials.ok) return fail({ code: 1, ...credentials.error });
  const repository = openEcrRepository({ ...ecr, path: named.value.path, credentials: credentials.value }, io);
  const task = { name, repository, wanted: wanted.value, apply: options.apply, dryRun: options.dry_run, io };
  const found = await repository.find();
  if (!found.ok) return fail({ code: 1, ...found.error });
  if (found.value === undefined) return create(task);
  return isInTheMaking(found.value, task) ? meetTwin(task) : change(task, found.value);
};

async function create(task: Task): Promise<Result<Done, Failure>> {
  const { name, repository, wanted, dryRun, io } = task;
  if (dryRun) {
    for (const { words } of describeSettings(wanted)) io.stdout.write(`  ${words}\n`);
    return ok({ summary: `would create ${name}` });
  }
  const created = await repository.create(wanted);
  if (!created.ok) return fail({ code: 1, ...created.error });
  if (created.value === 'exists') return meetTwin(task);
  const { lifecycle } = wanted;
  const put = lifecycle === undefined ? ok(undefined) : await repository.change({ lifecycle });
  if (!put.ok) {
    const next = `${name} is there now, without a lifecycle policy: then run this again with --apply.`;
    return fail({ code: 1, cause: put.error.cause, next: [put.error.next, next].filter(Boolean).join(' ') });
  }
  return verify(task, `${name} is created`);
}

/** Whether a twin of this command seems to have created it just now, and has the lifecycle policy to put yet. */
function isInTheMaking(found: FoundRepository, { wanted, io }: Task): boolean {
  const young = io.clock.now() - found.createdAt < 60_000;
  const differences = compareSettings(found, wanted);
  return young && found.lifecycle?.rules.length === 0 && differences.every(({ setting }) => setting === 'lifecycle');
}

/** Seconds that a twin gets. */
const PATIENCE = 10;

/** Waits until what another one is making is as it was asked for here, then goes on with what is there. */
async function meetTwin(task: Task): Promise<Result<Done, Failure>> {
  const { repository, wanted, io, name } = task;
  for (let second = 0; ; second++) {
    const found = await repository.find();
    if (!found.ok) return fail({ code: 1, ...found.error });
    const last = second === PATIENCE || io.signal.aborted;
    if (found.value !== undefined && (last || compareSettings(found.value, wanted).length === 0)) {
      return change(task, found.value);
    }
    if (last) return fail({ code: 1, cause: `ECR says that ${name} is there, and does not find it` });
    if (second === 0) io.stdout.write(`${name} is just being created by another one: waiting until it is done.\n`);
    await io.clock.sleep(1000, io.signal);
  }
}

async function change(task: Task, found: RepositorySettings): Promise<Result<Done, Failure>> {
  const { name, repository, wanted, apply, dryRun, io } = task;
  const differences = compareSettings(found, wanted);
  if (differences.length === 0) return ok({ summary: `${name} is there, with the settings asked for` });
  const details = describeDifferences(differences);
  const differs = (setting: keyof RepositorySettings) => differences.some((one) => one.setting === setting);
  if (differs('encryption')) {
    return fail({
      code: 1,
      cause: `${name} is encrypted in another way than asked for, which cannot be changed`,
      details,
      next: 'Ask for the encryption that it has, or for a repository of another name.',
    });
  }
  if (!apply) {
    return fail({
      code: 1,
      cause: `${name} has other settings than those asked for`,
      details: [...details, 'Nothing was changed.'],
      next: 'Ask for the settings that it has, or run this with --apply to change them.',
    });
  }
  for (const line of details) io.stdout.write(`  ${line}\n`);
  if (dryRun) return ok({ summary: `would change ${name}` });
  const changed = await repository.change({
    ...(differs('mutability') ? { mutability: wanted.mutability } : {}),
    ...(differs('scanOnPush') ? { scanOnPush: wanted.scanOnPush } : {}),
    ...(differs('lifecycle') ? { lifecycle: wanted.lifecycle } : {}),
  });
  return changed.ok ? verify(task, `${name} is changed`) : fail({ code: 1, ...changed.error });
}

/** Looks again: what counts is what ECR has. */
async function verify({ name, repository, wanted }: Task, summary: string): Promise<Result<Done, Failure>> {
  const found = await repository.find();
  if (!found.ok) return fail({ code: 1, ...found.error });
  const differences = found.value === undefined ? [] : compareSettings(found.value, wanted);
  if (found.value !== undefined && differences.length === 0) return ok({ summary });
  return fail({
    code: 1,
    cause: `ECR took the settings of ${name}, and has others all the same`,
    details: describeDifferences(differences),
    next: 'Run this again. Somebody else may be changing it.',
  });
}

function describeDifferences(differences: readonly Difference[]): readonly string[] {
  return differences.flatMap(({ found, words }) => [`- ${found}`, `+ ${words}`]).map(plainText);
}
