import t, { type Test } from 'tap';
import { findBadFilter } from '../../src/aws/exclusion-filters.js';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { type EcrAnswer, type EcrState, startEcr } from '../support/fake-ecr.js';
import { fakeClock, testIo } from '../support/test-io.js';

const REPOSITORY = '123456789012.dkr.ecr.us-east-1.amazonaws.com/acme/shop';

/** An ECR, and the command against it. */
async function world(
  t: Test,
  script?: (operation: string, count: number, state: EcrState) => EcrAnswer | undefined,
  env: Record<string, string> = {},
) {
  const ecr = await startEcr(t, script);
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const run = async (...args: readonly string[]) => {
    const io = testIo({ env: { ...keys, AWS_ENDPOINT_URL_ECR: ecr.url, ...env }, clock: fakeClock() });
    const code = await runBuildOnce(['ensure-repository', '--repository', REPOSITORY, ...args], io);
    return { code, out: io.out(), err: io.err() };
  };
  /** The operations since the last time. */
  let seen = 0;
  const operations = () => {
    const since = ecr.calls.slice(seen).map(([operation]) => operation);
    seen = ecr.calls.length;
    return since;
  };
  return { ...ecr, run, operations };
}

const LOOK = ['DescribeRepositories', 'GetLifecyclePolicy'];

t.test('a repository that is not there', async (t) => {
  const { run, operations, calls, state } = await world(t);
  const filters = ['--exclusion-filters', 'main, buildcache-*', '--environments', 'staging,production'];

  const dry = await run(...filters, '--dry-run');
  t.equal(dry.code, 0);
  t.equal(
    dry.out,
    `  tags: IMMUTABLE_WITH_EXCLUSION, buildcache-*, main
  scan on push: on
  encryption: AES256
  lifecycle policy: rule 1: type expire: countNumber 16, countType sinceImagePushed, countUnit days, tagStatus untagged
would create ${REPOSITORY}
`,
  );
  t.strictSame(operations(), ['DescribeRepositories'], 'a dry run looks and no more');

  t.match(await run(...filters), { code: 0, out: `${REPOSITORY} is created\n`, err: '' });
  t.strictSame(operations(), ['DescribeRepositories', 'CreateRepository', 'PutLifecyclePolicy', ...LOOK]);
  const [, created] = calls.find(([operation]) => operation === 'CreateRepository') ?? [];
  t.strictSame(created, {
    registryId: '123456789012',
    repositoryName: 'acme/shop',
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [
      { filterType: 'WILDCARD', filter: 'buildcache-*' },
      { filterType: 'WILDCARD', filter: 'main' },
    ],
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
  const { rules } = JSON.parse(state.lifecyclePolicyText ?? '');
  t.match(rules, [{ selection: { tagStatus: 'untagged' }, action: { type: 'expire' } }]);
  t.equal(rules.length, 1);

  t.match(await run(...filters), { code: 0, out: `${REPOSITORY} is there, with the settings asked for\n` });
  t.strictSame(operations(), LOOK, 'run again, it changes nothing');
});

t.test('a repository that is there with other settings', async (t) => {
  const { run, operations, state } = await world(t);
  state.repository = {
    repositoryName: 'acme/shop',
    imageTagMutability: 'MUTABLE',
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'arn:aws:kms:us-east-1:123456789012:key/aws-managed' },
  };
  const rule = { rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 } };
  state.lifecyclePolicyText = JSON.stringify({ rules: [{ ...rule, action: { type: 'expire' } }] });

  const shown = await run('--encryption', 'KMS');
  t.equal(shown.code, 1);
  t.equal(
    shown.err,
    `build-once ensure-repository: ${REPOSITORY} has other settings than those asked for
  - tags: MUTABLE
  + tags: IMMUTABLE
  - scan on push: off
  + scan on push: on
  - lifecycle policy: rule 1: type expire: countNumber 9, countType imageCountMoreThan, tagStatus any [it can take images that run]
  + lifecycle policy: rule 1: type expire: countNumber 16, countType sinceImagePushed, countUnit days, tagStatus untagged
  Nothing was changed.
  -> Ask for the settings that it has, or run this with --apply to change them.
`,
  );
  t.strictSame(operations(), LOOK, 'nothing is changed unasked');

  t.match(await run('--encryption', 'KMS', '--apply', '--dry-run'), { code: 0, out: /would change/ });
  t.strictSame(operations(), LOOK);

  const bare = ['--encryption', 'KMS', '--no-scan-on-push', '--untagged-days', '0'];
  t.match(await run(...bare, '--apply'), { code: 0, out: `${REPOSITORY} is changed\n` });
  t.strictSame(operations(), [...LOOK, 'PutImageTagMutability', ...LOOK], 'what is as asked for is left alone');
  t.match(state.lifecyclePolicyText, '"any"', 'a lifecycle policy stays with 0 days');

  t.match(await run('--encryption', 'KMS', '--apply', '--exclusion-filters', 'main'), { code: 0 });
  t.strictSame(operations(), [
    ...LOOK,
    'PutImageTagMutability',
    'PutImageScanningConfiguration',
    'PutLifecyclePolicy',
    ...LOOK,
  ]);
  t.match(await run('--encryption', 'KMS', '--apply'), { code: 0 }, 'a filter can be taken away again');
  t.equal(state.repository['imageTagMutabilityExclusionFilters'], undefined);

  operations();
  t.match(await run('--apply'), {
    code: 1,
    err: /is encrypted in another way than asked for, which cannot be changed\n {2}- encryption: KMS\n {2}\+ encryption: AES256/,
  });
  const key = 'arn:aws:kms:us-east-1:123456789012:key/mine';
  t.match(await run('--encryption', 'KMS', '--kms-key', key), {
    code: 1,
    err: /- encryption: KMS with .*aws-managed\n/,
  });
  t.strictSame(operations(), [...LOOK, ...LOOK]);
});

t.test('two at once', async (t) => {
  const twin = (operation: string, count: number, state: EcrState): EcrAnswer | undefined => {
    if (operation === 'CreateRepository') {
      state.repository = { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } };
      return { exception: 'RepositoryAlreadyExistsException' };
    }
    // The twin puts its lifecycle policy some seconds later.
    if (operation === 'GetLifecyclePolicy' && count === 3) {
      const selection = { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 16 };
      const rule = { rulePriority: 1, description: 'other words', selection, action: { type: 'expire' } };
      state.lifecyclePolicyText = JSON.stringify({ rules: [rule] });
    }
    return undefined;
  };
  const { run, operations } = await world(t, twin);
  t.match(await run(), {
    code: 0,
    out: /^.* is just being created by another one: waiting until it is done\.\n.* is there, with the settings asked for\n$/,
  });
  t.notOk(operations().includes('PutLifecyclePolicy'));

  const stranger = await world(t, (operation, _, state) => {
    if (operation !== 'CreateRepository') return undefined;
    state.repository = { imageTagMutability: 'MUTABLE' };
    return { exception: 'RepositoryAlreadyExistsException' };
  });
  t.match(await stranger.run(), { code: 1, err: /other settings than those asked for\n {2}- tags: MUTABLE/ });

  // Seen when the twin has created it, and has its lifecycle policy to put yet.
  const young = await world(t, twin);
  const settings = { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } };
  young.state.repository = { ...settings, createdAt: fakeClock().now() / 1000 - 50 };
  t.match(await young.run(), { code: 0, out: /waiting until it is done/ });
  young.state.repository = { ...settings, createdAt: fakeClock().now() / 1000 - 70 };
  young.state.lifecyclePolicyText = undefined;
  t.match(await young.run(), { code: 1, out: '', err: /- lifecycle policy: none/ });

  const ghost = await world(t, (operation) =>
    operation === 'CreateRepository' ? { exception: 'RepositoryAlreadyExistsException' } : undefined,
  );
  t.match(await ghost.run(), { code: 1, err: /ECR says that .* is there, and does not find it/ });
});

t.test('faults', async (t) => {
  const denied =
    (at: string) =>
    (operation: string): EcrAnswer | undefined =>
      operation === at ? { exception: 'AccessDeniedException' } : undefined;
  for (const operation of ['DescribeRepositories', 'CreateRepository', 'PutLifecyclePolicy', 'GetLifecyclePolicy']) {
    const { run } = await world(t, denied(operation));
    const { code, err } = await run();
    t.equal(code, 1, operation);
    t.match(err, /the repository "acme\/shop" of 123456789012 in us-east-1 cannot be \w+( up)?: said by ECR/);
    t.match(err, `need ecr:${operation} on the repository, in 123456789012`);
  }
  const half = await world(t, denied('PutLifecyclePolicy'));
  t.match(await half.run(), { err: /is there now, without a lifecycle policy: then run this again with --apply/ });

  const busy = await world(t, (operation, count) =>
    operation === 'CreateRepository' && count < 3 ? { exception: 'ThrottlingException' } : undefined,
  );
  const { code, err } = await busy.run();
  t.equal(code, 0);
  t.match(err, /answered 400: trying again in .* \(attempt 2 of 4\)\n.*\(attempt 3 of 4\)/);

  // The answer to the first request is lost: the second finds that it had been done.
  const cut = await world(t, (operation, count, state) => {
    if (operation !== 'CreateRepository' || count > 1) return undefined;
    state.repository = { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } };
    return { exception: 'ServerException', status: 500 };
  });
  const lost = await cut.run();
  t.match(lost, { code: 1, err: /- lifecycle policy: none\n {2}\+ lifecycle policy: rule 1/ });

  const down = await world(t, () => ({ exception: 'ServerException', status: 500 }));
  t.match(await down.run(), { code: 1, err: /cannot be looked up: said by ECR \(ServerException\)/ });

  const deaf = await world(t, (operation) => (operation === 'PutImageTagMutability' ? { output: {} } : undefined));
  deaf.state.repository = { imageTagMutability: 'MUTABLE' };
  t.match(await deaf.run('--apply'), {
    code: 1,
    err: /took the settings of .*, and has others all the same\n {2}- tags: MUTABLE/,
  });
});

t.test('wrong usage', async (t) => {
  const { run, operations } = await world(t);
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await run(...args);
    t.equal(code, 2, args.join(' '));
    return err;
  };
  t.match(await refused('--repository', 'ghcr.io/acme/shop'), 'ghcr.io/acme/shop is not in a private registry of ECR');
  t.match(await refused('--repository', `${REPOSITORY}:1`), 'must not have a tag');
  t.match(await refused('--exclusion-filters', '1*'), '--exclusion-filters: 1* could match the tag of a commit');
  t.match(await refused('--untagged-days=-1'), '--untagged-days is -1');
  t.match(await refused('--kms-key', 'alias/mine'), 'there is a --kms-key, but --encryption is AES256');
  t.match(await refused('--encryption', 'KMS', '--kms-key', 'alias/mine'), 'expected the ARN of a key');
  t.strictSame(operations(), [], 'ECR is not asked');
});

t.test('filters', async (t) => {
  const environments = ['staging', 'pre-prod'];
  const check = (...filters: readonly string[]) => findBadFilter(filters, environments) ?? 'good';
  for (const good of ['main', 'buildcache-*', '1', '1.*', 'v*', 'feature-*', 'release-*-x*', '1.4', 'staging-*', 'g*'])
    t.equal(check(good), 'good', good);
  const sha = '0123456789abcdef0123456789abcdef01234567';
  for (const commit of ['*', '1*', 'a*f', '*-linux-amd64', '*-*', sha, `${sha}-linux-amd64`, `${sha}*`, 'ABC*'])
    t.match(check(commit), `${commit} could match the tag of a commit`);
  for (const passed of ['staging*', 'staging.*', 's*', 'pre-prod.0*', 'p*.*', `staging.${sha}`])
    t.match(check(passed), /could match (staging|pre-prod)\.<commit>/, passed);
  t.equal(findBadFilter(['staging.*'], []), undefined, 'what is not known is not refused');
  t.match(check('a b'), 'is no filter');
  t.match(check('x'.repeat(129)), 'is no filter');
  t.match(check('x*y*z*'), 'more than two');
  t.match(check('a', 'b', 'x', 'y', 'z', 'w'), 'there are 6 filters');
});
