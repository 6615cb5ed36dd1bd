import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { openRepository } from '../../src/commands/open-repository.js';
import { googleRegistryLogin } from '../../src/google/registry-login.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { NO_LOGIN } from '../support/no-login.js';
import { fakeClock, testIo } from '../support/test-io.js';

interface Seen {
  /** As it was asked for: `POST https://sts.googleapis.com/v1/token`. */
  readonly asked: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Google's APIs on a socket of this machine, each host answering by script, the last answer again and again. */
async function google(t: Test, scripts: Readonly<Record<string, readonly (Reply | 'cut')[]>>) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const host = String(request.headers['x-asked-host']);
      const before = seen.filter(({ asked }) => asked.includes(`//${host}/`)).length;
      const asked = `${request.method} https://${host}${request.url}`;
      seen.push({ asked, headers: request.headers, body: Buffer.concat(pieces).toString() });
      const script = scripts[host] ?? [];
      const reply = script[Math.min(before, script.length - 1)];
      if (reply === undefined || reply === 'cut') request.socket.destroy();
      else {
        response.writeHead(reply.status, { 'content-type': 'application/json' });
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const real = nodeHttp();
  /** The real client, led to the socket of this machine. */
  const http: typeof real = (request) => {
    const url = new URL(request.url);
    const headers = { ...request.headers, 'x-asked-host': url.host };
    return real({ ...request, url: `http://127.0.0.1:${port}${url.pathname}${url.search}`, headers });
  };
  return { seen, http };
}

const start = Date.parse('2026-01-01T00:00:00Z');
const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
const claims = {
  iss: 'https://oidc.circleci.com/org/o-1',
  aud: 'o-1',
  sub: 'org/o-1/project/p-1/user/u/vcs-origin/github.com/a/b/vcs-ref/refs/heads/main',
  exp: start / 1000 + 3600,
};
const job = { CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: token(claims) };
const provider = 'projects/123456789012/locations/global/workloadIdentityPools/circleci/providers/circleci';
const serviceAccount = 'shop-push@acme.iam.gserviceaccount.com';
const STS = 'sts.googleapis.com';
const IAM = 'iamcredentials.googleapis.com';

const exchanged: Reply = {
  status: 200,
  body: {
    access_token: 'ya29.federated',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3599,
  },
};
const impersonated: Reply = {
  status: 200,
  body: { accessToken: 'ya29.account', expireTime: '2026-01-01T01:00:00Z' },
};
/** An error of the token endpoint (RFC 6749, section 5.2), and one of every other API of Google. */
const oauthError = (error: string, description: string): Reply => ({
  status: error === 'unauthorized_client' ? 401 : 400,
  body: { error, error_description: description },
});
const apiError = (code: number, status: string, message: string, reason = ''): Reply => ({
  status: code,
  body: {
    error: {
      code,
      message,
      status,
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'iam.googleapis.com' }],
    },
  },
});

t.test('the token of the job becomes one of a service account', async (t) => {
  const { seen, http } = await google(t, {
    [STS]: [{ status: 503, body: '' }, exchanged],
    [IAM]: ['cut', impersonated],
  });
  const io = testIo({ env: job, clock: fakeClock(start), http });
  const login = await googleRegistryLogin({ provider, serviceAccount }, io);
  t.same(login, { ok: true, value: { username: 'oauth2accesstoken', password: 'ya29.account' } });
  t.same(
    seen.map(({ asked }) => asked),
    [
      `POST https://${STS}/v1/token`,
      `POST https://${STS}/v1/token`,
      `POST https://${IAM}/v1/projects/-/serviceAccounts/shop-push%40acme.iam.gserviceaccount.com:generateAccessToken`,
      `POST https://${IAM}/v1/projects/-/serviceAccounts/shop-push%40acme.iam.gserviceaccount.com:generateAccessToken`,
    ],
    'both are asked again',
  );
  t.same(JSON.parse(seen[1]?.body ?? ''), {
    audience: `//iam.googleapis.com/${provider}`,
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    subjectToken: job.CIRCLE_OIDC_TOKEN_V2,
  });
  t.equal(seen[1]?.headers.authorization, undefined, 'STS takes no login');
  t.equal(seen[3]?.headers.authorization, 'Bearer ya29.federated');
  t.same(JSON.parse(seen[3]?.body ?? ''), { scope: ['https://www.googleapis.com/auth/cloud-platform'] });
  t.notMatch(io.out() + io.err(), /ya29|\.y/, 'no token is in a log');
});

t.test('without a service account the identity of the pool logs in', async (t) => {
  const { seen, http } = await google(t, { [STS]: [exchanged] });
  const login = await googleRegistryLogin(
    { provider, serviceAccount: '' },
    testIo({ env: job, clock: fakeClock(start), http }),
  );
  t.same(login, { ok: true, value: { username: 'oauth2accesstoken', password: 'ya29.federated' } });
  t.equal(seen.length, 1);
});

t.test('why there is no login', async (t) => {
  const attempt = async (
    scripts: Readonly<Record<string, readonly (Reply | 'cut')[]>>,
    identity = { provider, serviceAccount },
    env: Readonly<Record<string, string>> = job,
  ) => {
    const { http } = await google(t, scripts);
    const login = await googleRegistryLogin(identity, testIo({ env, clock: fakeClock(start), http }));
    const said = login.ok ? 'ok' : `${login.error.cause} | ${login.error.next ?? ''}`;
    t.notMatch(said, job.CIRCLE_OIDC_TOKEN_V2, 'no token is in an error');
    return said;
  };
  const sts = (error: string, description: string) => attempt({ [STS]: [oauthError(error, description)] });
  const iam = (reply: Reply | 'cut') => attempt({ [STS]: [exchanged], [IAM]: [reply] });

  t.match(await attempt({}, undefined, {}), /no OIDC token in this job/);
  t.match(
    await attempt({}, undefined, { CIRCLE_OIDC_TOKEN_V2: token({ exp: start / 1000 - 1 }) }),
    /ended at 2025-12-31T23:59:59\.000Z, and there is no new one: there is no program circleci on the PATH \| Run the job again/,
  );
  const stale = await sts('invalid_grant', 'ID Token issued at 1767225600 is stale to sign-in.');
  t.match(
    stale,
    `cannot be exchanged at ${provider}: ID Token issued at 1767225600 is stale to sign-in. (invalid_grant)`,
  );
  t.match(stale, '| The OIDC token of the job has ended. Run the job again');
  t.match(
    await sts('invalid_grant', 'The audience in ID Token [o-1] does not match the expected audience.'),
    '| The provider must allow the audience of CircleCI\'s tokens, the ID of the organization: gcloud iam workload-identity-pools providers update-oidc circleci --project=123456789012 --location=global --workload-identity-pool=circleci --allowed-audiences="o-1"',
  );
  t.match(
    await sts(
      'invalid_grant',
      'The issuer in ID Token https://oidc.circleci.com/org/o-1 does not match the expected ones',
    ),
    '| The provider must have the issuer URI of your organization: https://oidc.circleci.com/org/o-1',
  );
  t.match(
    await sts('invalid_grant', 'The size of mapped attribute google.subject exceeds the 127 bytes limit.'),
    `--attribute-mapping="google.subject=assertion['oidc.circleci.com/project-id']"`,
  );
  t.match(
    await sts('invalid_target', 'The target service indicated by the "audience" parameters is invalid.'),
    '| Check the number of the project and the names of the pool and the provider',
  );
  t.match(
    await sts('unauthorized_client', 'The given credential is rejected by the attribute condition.'),
    `| The attribute condition of the provider does not let this job through. The subject of its token is "${claims.sub}".`,
  );
  t.match(await sts('temporarily_unknown', 'Something new'), /Something new \(temporarily_unknown\) \| $/);
  t.match(await attempt({ [STS]: [{ status: 500, body: '<html>' }] }), /Google answered with HTTP status 500/);
  t.match(await attempt({ [STS]: [{ status: 200, body: {} }] }), /holds no token/);
  t.match(await attempt({ [STS]: ['cut'] }), /closed the connection/);

  const denied = await iam(
    apiError(
      403,
      'PERMISSION_DENIED',
      "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
      'IAM_PERMISSION_DENIED',
    ),
  );
  t.match(
    denied,
    `the service account ${serviceAccount} cannot be impersonated: Permission 'iam.serviceAccounts.getAcc`,
  );
  t.match(denied, `add-iam-policy-binding ${serviceAccount} --role=roles/iam.workloadIdentityUser`);
  t.match(
    denied,
    'principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/circleci/subject/SUBJECT',
  );
  t.match(
    await iam(
      apiError(403, 'PERMISSION_DENIED', 'IAM Service Account Credentials API is disabled.', 'SERVICE_DISABLED'),
    ),
    '| Enable the API in the project of the pool: gcloud services enable iamcredentials.googleapis.com',
  );
  t.match(await iam(apiError(404, 'NOT_FOUND', 'Not found; Gaia id not found')), '| Check the email');
  t.match(await iam(apiError(400, 'INVALID_ARGUMENT', 'Bad')), /Bad \| $/);
  t.match(await iam({ status: 200, body: '' }), /holds no token/);
  t.match(await iam('cut'), /closed the connection/);

  for (const wrong of [
    '',
    `//iam.googleapis.com/${provider}`,
    provider.replace('123456789012', 'acme'),
    `${provider}/x`,
  ])
    t.match(await attempt({}, { provider: wrong, serviceAccount }), /is not the resource name of a workload identity/);
  for (const wrong of ['shop-push', 'a/b@x.iam.gserviceaccount.com', 'shop@example.com'])
    t.match(await attempt({}, { provider, serviceAccount: wrong }), /is not the email of a service account/);
});

t.test('the registry is used with that login', async (t) => {
  const host = 'europe-west1-docker.pkg.dev';
  const { seen, http } = await google(t, {
    [STS]: [exchanged],
    [IAM]: [impersonated],
    [host]: [{ status: 404, body: { errors: [{ code: 'MANIFEST_UNKNOWN' }] } }],
  });
  const commit = 'a'.repeat(40);
  const options = {
    ...NO_LOGIN,
    repository: `${host}/acme/shop/web`,
    commit,
    workload_identity_provider: provider,
    service_account: serviceAccount,
  };
  const io = testIo({ env: job, clock: fakeClock(start), http });
  const opened = await openRepository(options, io);
  if (!opened.ok) return t.fail(opened.error.cause);
  t.match(opened.value, {
    login: 'cloud',
    credentials: { kind: 'password', username: 'oauth2accesstoken', password: 'ya29.account' },
  });
  t.same(await opened.value.registry.findManifest(commit), { ok: true, value: undefined });
  t.equal(seen.at(-1)?.asked, `GET https://${host}/v2/acme/shop/web/manifests/${commit}`);

  // A token of Google Cloud opens more than a registry: no other server gets it.
  const asked = seen.length;
  for (const other of ['ghcr.io', 'docker.pkg.dev.evil.example', 'xgcr.io', 'a.b-docker.pkg.dev']) {
    t.match(await openRepository({ ...options, repository: `${other}/acme/shop` }, io), {
      ok: false,
      error: { code: 2, cause: `${other} is not a registry of Google` },
    });
  }
  const mistakes: Readonly<Record<string, Partial<typeof options>>> = {
    'there is a --service-account, but no --workload-identity-provider': { workload_identity_provider: '' },
    'there are both --username and --workload-identity-provider': { username: 'me', password: 'p' },
  };
  for (const [cause, given] of Object.entries(mistakes)) {
    t.match(await openRepository({ ...options, ...given }, io), { ok: false, error: { code: 2, cause } });
  }
  t.equal(seen.length, asked, 'nobody is asked for a token');
});
