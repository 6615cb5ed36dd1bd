import t from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { inProcess, status } from '../kubernetes/scripted-api.js';
import { type EcrAnswer, startEcr } from '../support/fake-ecr.js';
import { testIo } from '../support/test-io.js';

/* A commit without an image in ECR: never published, expired or archived are one answer of the registry. */

const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const EXPIRES = {
  rulePriority: 2,
  selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100 },
  action: { type: 'expire' },
};
const UNTAGGED = { rulePriority: 1, selection: { tagStatus: 'untagged' }, action: { type: 'expire' } };

t.test('why a commit has no image', async (t) => {
  const policy = (...rules: readonly object[]) => ({ output: { lifecyclePolicyText: JSON.stringify({ rules }) } });
  const verify = async (answers: Readonly<Record<string, EcrAnswer>>) => {
    const authorizationToken = Buffer.from('AWS:password').toString('base64');
    const token = { output: { authorizationData: [{ authorizationToken }] } };
    const all = { GetAuthorizationToken: token, ...answers };
    const ecr = await startEcr(t, (operation) => all[operation as keyof typeof all]);
    const registry = inProcess(() => status(404, 'x', 'x'));
    const real = nodeHttp();
    const http: Http = (request) => (request.url.startsWith(`https://${HOST}/`) ? registry(request) : real(request));
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_ENDPOINT_URL_ECR: ecr.url };
    const io = testIo({ env, http });
    const args = ['--repository', `${HOST}/shop`, '--environment', 'production', '--commit', COMMIT];
    t.equal(await runBuildOnce(['verify-image', ...args], io), 1);
    const [, described] = ecr.calls.find(([operation]) => operation === 'DescribeImages') ?? [];
    t.match(described, { repositoryName: 'shop', registryId: '123456789012', imageIds: [{ imageTag: COMMIT }] });
    return io.err();
  };
  const never = `build-once verify-image: commit ${COMMIT} has no image: there is no tag ${COMMIT} in ${HOST}/shop\n`;
  const gone = { exception: 'ImageNotFoundException' };
  const none = await verify({ DescribeImages: gone, GetLifecyclePolicy: policy(UNTAGGED) });
  t.match(none, never);
  t.notMatch(none, 'rule', 'no rule that could have taken it');
  t.match(
    await verify({ DescribeImages: gone, GetLifecyclePolicy: policy(UNTAGGED, EXPIRES) }),
    `${never}  where it was published before, a rule of the lifecycle policy may have taken it:
  rule 2: type expire: countNumber 100, countType imageCountMoreThan, tagStatus any [it can take images that run]
  -> The publish_image job`,
  );
  t.match(
    await verify({
      DescribeImages: { output: { imageDetails: [{ imageStatus: 'ARCHIVED' }] } },
      GetLifecyclePolicy: policy({ ...EXPIRES, action: { type: 'transition', targetStorageClass: 'archive' } }),
    }),
    /has no image that can be pulled: \S+ is archived\n {2}rule 2: targetStorageClass archive, type transition: .*\n.*-> Restore it: aws ecr update-image-storage-class --repository-name shop --image-id imageTag=/,
  );
  const denied = { exception: 'AccessDeniedException' };
  t.match(
    await verify({ DescribeImages: denied, GetLifecyclePolicy: denied }),
    /has no image: [\s\S]*whether it is archived is not known: .* need ecr:DescribeImages .*\n[\s\S]*its lifecycle policy is not known: .* need ecr:GetLifecyclePolicy/,
  );
  const absent = { exception: 'RepositoryNotFoundException' };
  t.match(
    await verify({ DescribeImages: absent, GetLifecyclePolicy: absent }),
    /has no image: there is no repository shop in us-east-1 of the account 123456789012\n {2}-> Correct image\.repository of the spec; or make/,
  );
});
