import { randomBytes } from 'node:crypto';
import { DescribeRepositoriesCommand, ECRClient, GetLifecyclePolicyCommand } from '@aws-sdk/client-ecr';
import t from 'tap';
import { expireUntagged, UNTAGGED_DAYS } from '../../src/aws/repository-settings.js';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { testIo } from '../support/test-io.js';

/** The command against an ECR API. */

const { AWS_ENDPOINT_URL, LAB_ECR = '' } = process.env;
const skip = AWS_ENDPOINT_URL && LAB_ECR ? false : 'needs AWS_ENDPOINT_URL and LAB_ECR';

/** Runs build-once; what it printed. */
async function run(...args: readonly string[]) {
  const io = testIo({ env: process.env });
  const code = await runBuildOnce(['ensure-repository', ...args], io);
  return { code, out: io.out(), err: io.err() };
}

const name = () => `e2e/${randomBytes(6).toString('hex')}`;

t.test('created, compared, changed', { skip }, async (t) => {
  const repository = `${LAB_ECR}/${name()}`;
  const call = (...args: readonly string[]) => run('--repository', repository, ...args);
  const filters = ['--exclusion-filters', 'main,buildcache-*', '--environments', 'staging,production'];
  t.match(await call('--dry-run'), { code: 0, out: /would create/ });
  t.match(await call(...filters), { code: 0, out: `${repository} is created\n` });
  t.match(await call(...filters), { code: 0, out: `${repository} is there, with the settings asked for\n` });

  const other = ['--no-scan-on-push', '--untagged-days', '30'];
  const shown = await call(...other);
  t.match(shown, { code: 1, err: /has other settings/ });
  t.match(shown.err, '- tags: IMMUTABLE_WITH_EXCLUSION, buildcache-*, main\n  + tags: IMMUTABLE\n');
  t.match(shown.err, 'countNumber 30');
  t.match(await call(...filters), { code: 0 }, 'nothing was changed');
  t.match(await call(...other, '--apply'), { code: 0, out: /is changed/ });
  t.match(await call(...other), { code: 0, out: /with the settings asked for/ });
  t.match(await call('--encryption', 'KMS'), { code: 1, err: /cannot be changed/ });
});

t.test('twenty at once', { skip }, async (t) => {
  const repository = `${LAB_ECR}/${name()}`;
  const all = await Promise.all(Array.from({ length: 20 }, () => run('--repository', repository)));
  for (const { code, err } of all) t.match({ code, err }, { code: 0, err: '' });
  t.match(await run('--repository', repository), { code: 0, out: /with the settings asked for/ });
});

t.test('what another client reads back', { skip }, async (t) => {
  const path = name();
  t.match(await run('--repository', `${LAB_ECR}/${path}`, '--exclusion-filters', 'main'), { code: 0 });
  const client = new ECRClient({ region: LAB_ECR.split('.')[3] ?? '', endpoint: AWS_ENDPOINT_URL ?? '' });
  t.teardown(() => client.destroy());
  const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [path] }));
  t.match(repositories, [
    {
      registryId: LAB_ECR.split('.')[0],
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'main' }],
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' },
    },
  ]);
  const { lifecyclePolicyText } = await client.send(new GetLifecyclePolicyCommand({ repositoryName: path }));
  t.strictSame(JSON.parse(lifecyclePolicyText ?? ''), expireUntagged(UNTAGGED_DAYS));
});
