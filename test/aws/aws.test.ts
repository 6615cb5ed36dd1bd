import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { sessionName } from '../../src/aws/assume-role.js';
import { resolveCredentials } from '../../src/aws/credentials.js';
import { ecrLogin } from '../../src/aws/ecr-login.js';
import { eksCluster } from '../../src/aws/eks.js';
import { endpointOf, isRegion } from '../../src/aws/endpoint.js';
import { signRequest } from '../../src/aws/sign.js';
import { fakeClock, testIo } from '../support/test-io.js';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Reply = (seen: Seen, response: ServerResponse) => void;

/** An AWS API that answers by script, the last answer again and again. */
async function aws(t: Test, ...replies: readonly Reply[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const reply = replies[Math.min(seen.length, replies.length) - 1];
      reply?.({ method: '', url: '', headers: request.headers, body }, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const reply =
  (status: number, body: string): Reply =>
  (_, response) =>
    response.writeHead(status).end(body);
const assumed = (expires: string) =>
  reply(
    200,
    `<R><Credentials><AccessKeyId>AKIA</AccessKeyId><SecretAccessKey>s&amp;3</SecretAccessKey><SessionToken>tok</SessionToken><Expiration>${expires}</Expiration></Credentials></R>`,
  );
const refused = (status: number, code: string, message: string) =>
  reply(status, `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);

const role = 'arn:aws:iam::123456789012:role/ci/shop-push';
const region = 'eu-west-1';
const start = Date.parse('2026-01-01T00:00:00Z');
const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
const claims = {
  iss: 'https://oidc.circleci.com/org/o-1',
  aud: 'o-1',
  sub: 'org/o-1/project/p-1/user/u/vcs-origin/github.com/a/b/vcs-ref/refs/heads/main',
  exp: start / 1000 + 3600,
};
const job = {
  CIRCLECI: 'true',
  CIRCLE_OIDC_TOKEN_V2: token(claims),
  AWS_ACCESS_KEY_ID: 'stray',
  AWS_SECRET_ACCESS_KEY: 'stray',
};

t.test('a role is assumed with the token of the job, and nothing else', async (t) => {
  const { url, seen } = await aws(t, reply(500, ''), assumed('2026-01-01T01:00:00Z'));
  const env = {
    ...job,
    AWS_ENDPOINT_URL: url,
    CIRCLE_OIDC_TOKEN: 'older',
    CIRCLE_PROJECT_REPONAME: 'my shop/ü',
    CIRCLE_BUILD_NUM: '12',
  };
  const clock = fakeClock(start);
  const io = testIo({ env, clock });
  const credentials = await resolveCredentials({ role, region }, io);
  t.match(io.err(), /^127\.0\.0\.1:\d+ answered 500: trying again in \d\.\d s \(attempt 2 of 4\)\n$/);
  t.same(credentials, {
    ok: true,
    value: { accessKeyId: 'AKIA', secretAccessKey: 's&3', sessionToken: 'tok', expires: start + 3_600_000 },
  });
  t.equal(seen.length, 2, 'tried again after 500');
  const form = new URLSearchParams(seen[1]?.body);
  t.match(Object.fromEntries(form), {
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: role,
    RoleSessionName: 'build-once-my-shop--12',
    WebIdentityToken: env.CIRCLE_OIDC_TOKEN_V2,
  });
  t.equal(seen[1]?.headers.authorization, undefined, 'no key signs it');
});

t.test('why a role is not assumed', async (t) => {
  const attempt = async (env: Record<string, string>, options = { role, region }) => {
    const clock = fakeClock(start);
    const result = await resolveCredentials(options, testIo({ env, clock }));
    return result.ok ? 'ok' : `${result.error.cause} | ${result.error.next ?? ''}`;
  };
  t.match(await attempt({}), /no OIDC token in this job.*\| CircleCI gives one to its jobs, and this is not one/);
  t.match(await attempt({ CIRCLECI: 'true', CIRCLE_PR_NUMBER: '7' }), /\| This is a pull request from a fork/);
  t.match(await attempt({ CIRCLECI: 'true' }), /\| Check that the job runs in the organization/);
  const keys = { AWS_ACCESS_KEY_ID: 'stray', AWS_SECRET_ACCESS_KEY: 'stray' };
  t.match(
    await attempt({ CIRCLECI: 'true', ...keys }),
    /^there is no OIDC token in this job: .* The AWS_ACCESS_KEY_ID of this job was not used instead: where a role is named, only the OIDC token counts\.$/,
    'keys that lie there do not win',
  );
  const old = { CIRCLE_OIDC_TOKEN: token({ exp: start / 1000 - 1 }) };
  t.match(
    await attempt(old),
    /ended at 2025-12-31T23:59:59\.000Z, and there is no new one: there is no program circleci on the PATH \| Run the job again/,
  );
  t.match(await attempt(job, { role: 'shop-push', region }), /"shop-push" is not the ARN of an IAM role/);
  t.match(await attempt(job, { role, region: 'x.evil.com/' }), /is not an AWS region/);

  const against = async (answer: Reply) => attempt({ ...job, AWS_ENDPOINT_URL_STS: `${(await aws(t, answer)).url}/` });
  const denied = await against(refused(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'));
  t.match(
    denied,
    `the role ${role} cannot be assumed: Not authorized to perform sts:AssumeRoleWithWebIdentity (AccessDenied)`,
  );
  t.match(denied, 'oidc.circleci.com/org/o-1 with the audience o-1');
  t.match(denied, `oidc.circleci.com/org/o-1:sub is like "${claims.sub}"`);
  t.match(
    await against(refused(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found')),
    /needs the OIDC provider/,
  );
  t.match(
    await against(refused(400, 'ExpiredTokenException', 'Token expired')),
    /cannot be assumed: the OIDC token of this job ended.* Run the job again/,
  );
  t.match(
    await against(refused(400, 'ValidationError', 'bad')),
    /bad \(ValidationError\) \| The AWS_ACCESS_KEY_ID of this job was not used instead: where a role is named/,
  );
  t.match(await against(reply(200, '<html>')), /holds no credentials/);
  t.match(await against(reply(503, '')), /STS answered with HTTP status 503/);
  t.match(await against((_, response) => response.destroy()), /closed the connection/);
  for (const result of [denied]) t.notMatch(result, job.CIRCLE_OIDC_TOKEN_V2);
});

t.test('keys of the job', async (t) => {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' };
  t.same(await resolveCredentials({ role: '', region }, testIo({ env })), {
    ok: true,
    value: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
  });
  t.match(await resolveCredentials({ role: '', region }, testIo({ env: { AWS_ACCESS_KEY_ID: 'a' } })), {
    ok: false,
    error: { cause: 'AWS_SECRET_ACCESS_KEY is not set, though its companion is' },
  });
});

t.test('names', async (t) => {
  t.match(sessionName({ CIRCLE_PROJECT_REPONAME: 'x'.repeat(99), CIRCLE_BUILD_NUM: '123' }), /^build-once-x+-123$/);
  t.equal(sessionName({ CIRCLE_PROJECT_REPONAME: 'x'.repeat(99), CIRCLE_BUILD_NUM: '123' }).length, 64);
  t.equal(sessionName({}), 'build-once');
  t.match(sessionName({ CIRCLE_PROJECT_REPONAME: '日本', CIRCLE_BUILD_NUM: '$(id)' }), /^[\w+=,.@-]{2,64}$/);
  t.equal(endpointOf('sts', 'cn-north-1', {}), 'https://sts.cn-north-1.amazonaws.com.cn');
  t.equal(
    endpointOf('eks', 'us-east-1', { AWS_ENDPOINT_URL: 'http://a/', AWS_ENDPOINT_URL_EKS: 'http://b' }),
    'http://b',
  );
  t.equal(endpointOf('sts', 'us-east-1', { AWS_ENDPOINT_URL: 'http://a/' }), 'http://a');
  t.ok(isRegion('us-gov-west-1'));
  t.notOk(isRegion('us-east-1.example.com'));
});

t.test('the signature covers host, time, query and body', async (t) => {
  const headers = await signRequest({
    url: 'https://example.amazonaws.com/a%20b?Param2=value2&Param1=value%201',
    service: 'service',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    now: Date.parse('2015-08-30T12:36:00Z'),
  });
  // Computed a second time here, step by step as in the AWS documentation of Signature Version 4.
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const canonical = [
    'GET',
    '/a%2520b',
    'Param1=value%201&Param2=value2',
    'host:example.amazonaws.com',
    `x-amz-content-sha256:${hash('')}`,
    'x-amz-date:20150830T123600Z',
    '',
    'host;x-amz-content-sha256;x-amz-date',
    hash(''),
  ].join('\n');
  const scope = '20150830/us-east-1/service/aws4_request';
  const key = scope.split('/').reduce<string | Buffer>(mac, 'AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY');
  const signature = mac(key, `AWS4-HMAC-SHA256\n20150830T123600Z\n${scope}\n${hash(canonical)}`).toString('hex');
  t.equal(
    headers['authorization'],
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
  );
});

t.test('ECR', async (t) => {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const login = async (answer: Reply) => {
    const { url } = await aws(t, answer);
    return ecrLogin({ host, region, role: '' }, testIo({ env: { ...env, AWS_ENDPOINT_URL_ECR: url } }));
  };
  const data = (text: string) =>
    JSON.stringify({ authorizationData: [{ authorizationToken: Buffer.from(text).toString('base64') }] });
  t.same(await login(reply(200, data('AWS:pass:word'))), {
    ok: true,
    value: { username: 'AWS', password: 'pass:word' },
  });
  const busy = await aws(t, reply(503, ''), reply(200, data('AWS:later')));
  const io = testIo({ env: { ...env, AWS_ENDPOINT_URL_ECR: busy.url } });
  t.match(await ecrLogin({ host, region, role: '' }, io), { ok: true, value: { password: 'later' } });
  t.match(
    io.err(),
    /^ECR gave no login: .+: trying again \(attempt 2 of 4\)\n$/,
    'the SDK does not try again in silence',
  );
  t.match(await login(reply(200, data('nothing'))), { ok: false, error: { cause: /holds no token$/ } });
  const type = (name: string) => reply(400, JSON.stringify({ __type: name, message: 'is not authorized' }));
  t.match(await login(type('AccessDeniedException')), {
    ok: false,
    error: { cause: `ECR gave no login for ${host}: is not authorized`, next: /need ecr:GetAuthorizationToken/ },
  });
  t.match(await login(type('UnrecognizedClientException')), { ok: false, error: { next: /are wrong or have ended/ } });
});

t.test('EKS', async (t) => {
  const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
  const cluster = {
    endpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
    certificateAuthority: { data: Buffer.from(pem).toString('base64') },
  };
  const eks = await aws(t, reply(200, JSON.stringify({ cluster })));
  const sts = await aws(
    t,
    assumed('2026-01-01T01:00:00Z'),
    assumed('2026-01-01T02:00:00Z'),
    refused(400, 'ExpiredTokenException', 'over'),
  );
  const env = { ...job, AWS_ENDPOINT_URL_EKS: eks.url, AWS_ENDPOINT_URL_STS: sts.url };
  let now = start;
  const clock = { ...fakeClock(), now: () => now };
  const opened = await eksCluster({ name: 'staging', region, role }, testIo({ env, clock }));
  if (!opened.ok) return t.fail(opened.error.cause);
  t.match(opened.value, { server: cluster.endpoint, ca: pem });
  t.equal(eks.seen[0]?.url, '/clusters/staging');
  t.match(
    eks.seen[0]?.headers.authorization,
    /^AWS4-HMAC-SHA256 Credential=AKIA\/20260101\/eu-west-1\/eks\/aws4_request/,
  );
  t.equal(eks.seen[0]?.headers['x-amz-security-token'], 'tok');

  const read = async (): Promise<string> => {
    const made = await opened.value.token();
    return made.ok ? made.value : `failed: ${made.error.cause}`;
  };
  const first = await read();
  t.match(first, /^k8s-aws-v1\.[\w-]+$/);
  const url = new URL(Buffer.from(first.slice('k8s-aws-v1.'.length), 'base64url').toString());
  t.equal(url.origin, 'https://sts.eu-west-1.amazonaws.com', 'the authenticator takes no other host');
  t.match(Object.fromEntries(url.searchParams), {
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': 'tok',
    'X-Amz-Date': '20260101T000000Z',
    'X-Amz-Signature': /^[0-9a-f]{64}$/,
  });
  now += 4 * 60_000;
  t.equal(await read(), first, 'still fresh');
  now += 60_000;
  t.not(await read(), first, 'renewed after 5 minutes, though good for 15');
  t.equal(sts.seen.length, 1);
  now = start + 46 * 60_000;
  t.match(await read(), /^k8s-/);
  t.equal(sts.seen.length, 2, 'the role is assumed anew before its credentials end');
  now = start + 59 * 60_000;
  t.match(await read(), /^k8s-/);
  now = start + 121 * 60_000;
  t.match(await read(), /^failed: .*OIDC token/, 'a token of ended credentials is never made');

  const look = async (answer: Reply, name = 'staging') => {
    const { url } = await aws(t, answer);
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_ENDPOINT_URL: url };
    const result = await eksCluster({ name, region, role: '' }, testIo({ env: keys, clock: fakeClock() }));
    return result.ok ? 'ok' : `${result.error.cause} | ${result.error.next ?? ''}`;
  };
  t.match(await look(reply(404, '{}')), /there is no EKS cluster "staging" in eu-west-1/);
  t.match(
    await look(reply(403, '{"message":"User is not authorized"}')),
    /User is not authorized \| The role needs eks:Desc/,
  );
  t.match(await look(reply(200, '{"cluster":{"status":"CREATING"}}')), /its status is CREATING/);
  t.match(await look(reply(200, '<html>')), /its status is unknown/);
  t.match(await look(reply(500, '')), /HTTP status 500/);
  t.match(await look(reply(200, '{}'), '../x'), /cannot be the name of an EKS cluster/);
});

t.test('an endpoint that is no URL', async (t) => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_EKS', 'AWS_ENDPOINT_URL_STS']) {
    const io = testIo({ env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', [name]: 'nope' } });
    t.match(await eksCluster({ name: 'c', region: 'us-east-1', role: '' }, io), {
      ok: false,
      error: { cause: `$${name} is not a URL` },
    });
  }
});
