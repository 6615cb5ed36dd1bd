import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ECRClient } from '@aws-sdk/client-ecr';
import t, { type Test } from 'tap';
import { regionalEndpoint } from '../../src/aws/endpoint.js';
import { chooseLogin } from '../../src/commands/registry-login.js';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { parseReference } from '../../src/reference.js';
import type { RegistryCredentials } from '../../src/registry/credentials.js';
import { readDockerLogin } from '../../src/registry/docker-config.js';
import { openRegistry } from '../../src/registry/registry.js';
import { addImage, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { NO_LOGIN } from '../support/no-login.js';
import { fakeClock, testIo } from '../support/test-io.js';

/** A registry that stands for every host of the world, and what it was asked: `GET https://ghcr.io/v2/`. */
async function everywhere(t: Test, image: string, answerToken: string, challenge: (host: string) => string) {
  const reference = parseReference(image);
  if (reference === undefined) throw new Error(image);
  const { repository } = reference;
  const fake = await fakeRegistry(t);
  addImage(fake, repository.path, { architecture: 'amd64' }, 'v1');
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const real = nodeHttp();
  const http: Http = (request) => {
    const url = new URL(request.url);
    asked.push(`${request.method} ${request.url}`);
    logins.push(request.headers?.['authorization']);
    const headers = { ...request.headers, 'x-host': url.host };
    return real({ ...request, headers, url: `http://${fake.host}${url.pathname}${url.search}` });
  };
  fake.gate = (request, response) => {
    // Artifact Registry answers for its tokens under /v2/, too.
    if (/^\/(?:v2\/)?token/.test(request.url ?? '')) return void response.end(answerToken);
    if (request.headers.authorization === 'Bearer good') return false;
    return sendError(response, 401, 'UNAUTHORIZED', '', {
      'www-authenticate': challenge(String(request.headers['x-host'])),
    });
  };
  const open = (credentials: RegistryCredentials) =>
    openRegistry({ repository, credentials, io: testIo({ http, clock: fakeClock() }) });
  return { fake, asked, logins, open };
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

t.test('the registries of the world, each by its own way', async (t) => {
  const vendors = [
    {
      image: 'nginx:v1',
      challenge:
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
      manifest: 'https://registry-1.docker.io/v2/library/nginx/manifests/v1',
      token: 'https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Fnginx%3Apull',
      login: 'me:dckr_pat_x',
    },
    {
      image: 'index.docker.io/acme/shop:v1',
      challenge: 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
      manifest: 'https://registry-1.docker.io/v2/acme/shop/manifests/v1',
      token: 'https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Aacme%2Fshop%3Apull',
      login: 'me:dckr_pat_x',
    },
    {
      image: 'ghcr.io/acme/shop:v1',
      challenge: 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/shop:pull"',
      manifest: 'https://ghcr.io/v2/acme/shop/manifests/v1',
      token: 'https://ghcr.io/token?service=ghcr.io&scope=repository%3Aacme%2Fshop%3Apull',
      login: 'me:ghp_x',
    },
    {
      image: 'europe-west1-docker.pkg.dev/acme/shop/web:v1',
      challenge: 'Bearer realm="https://europe-west1-docker.pkg.dev/v2/token",service="europe-west1-docker.pkg.dev"',
      manifest: 'https://europe-west1-docker.pkg.dev/v2/acme/shop/web/manifests/v1',
      token:
        'https://europe-west1-docker.pkg.dev/v2/token?service=europe-west1-docker.pkg.dev&scope=repository%3Aacme%2Fshop%2Fweb%3Apull',
      login: 'oauth2accesstoken:ya29.x',
    },
    {
      image: 'public.ecr.aws/alias/shop:v1',
      challenge: 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"',
      manifest: 'https://public.ecr.aws/v2/alias/shop/manifests/v1',
      token: 'https://public.ecr.aws/token/?service=public.ecr.aws&scope=aws',
      login: 'AWS:secret',
    },
  ];
  for (const { image, challenge, manifest, token, login } of vendors) {
    const world = await everywhere(t, image, '{"token":"good"}', () => challenge);
    const [username = '', password = ''] = login.split(':');
    const got = await world.open({ kind: 'password', username, password }).getManifest('v1');
    t.ok(got.ok, image);
    t.strictSame(world.asked, [`GET ${manifest}`, `GET ${token}`, `GET ${manifest}`], image);
    t.strictSame(
      world.logins,
      [undefined, basic(login), 'Bearer good'],
      `${image}: the password goes for the token alone`,
    );
  }

  const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:v1';
  const world = await everywhere(t, ecr, '', (host) => `Basic realm="https://${host}/",service="ecr.amazonaws.com"`);
  world.fake.gate = (request, response) =>
    request.headers.authorization === basic('AWS:token')
      ? false
      : sendError(response, 401, 'UNAUTHORIZED', '', {
          'www-authenticate': 'Basic realm="x",service="ecr.amazonaws.com"',
        });
  t.match(await world.open({ kind: 'password', username: 'AWS', password: 'token' }).getManifest('v1'), { ok: true });
  t.strictSame(world.logins, [undefined, basic('AWS:token')]);
});

t.test('a token for several repositories, and one that ends in the middle', async (t) => {
  const scopes = ['repository:shop:pull', 'repository:copy:pull,push'];
  const world = await everywhere(
    t,
    'ghcr.io/copy:v1',
    '{"access_token":"good"}',
    () => `Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="${scopes.join(' ')}"`,
  );
  const registry = world.open({ kind: 'password', username: 'me', password: 'secret' });
  const blob = sha256('layer');
  world.fake.blobs.set(blob, Buffer.from('layer'));
  world.fake.mounts = true;
  const from = { host: 'ghcr.io', path: 'shop' };
  t.strictSame(await registry.startUpload(blob, from), { ok: true, value: undefined }, 'mounted');
  t.strictSame(new URL(world.asked[1]?.slice(4) ?? '').searchParams.getAll('scope'), scopes, 'one parameter for each');

  // Half-way through a list the token is worth nothing any more: the page is asked for again with a new one.
  for (let number = 0; number < 25; number += 1) addImage(world.fake, 'copy', { architecture: 'amd64' }, `t${number}`);
  world.fake.pageSize = 10;
  let issued = 0;
  let pages = 0;
  world.fake.gate = (request, response) => {
    if (request.url?.startsWith('/token') === true) {
      issued += 1;
      return void response.end(JSON.stringify({ token: `t${issued}` }));
    }
    if (request.headers.authorization === `Bearer t${issued}` && (pages !== 1 || issued > 1)) {
      pages += 1;
      return false;
    }
    return sendError(response, 401, 'UNAUTHORIZED', 'token expired', {
      'www-authenticate': 'Bearer realm="https://ghcr.io/token"',
    });
  };
  const tags = await registry.listTags();
  t.equal(tags.ok && tags.value.length, 26, 'every tag, once');
  t.equal(issued, 2);

  // A refresh token asks in a form, where several scopes are one text.
  let form = '';
  world.fake.gate = (request, response, body) => {
    if (request.url?.startsWith('/token') === true) {
      form = body.toString();
      return void response.end('{"access_token":"good"}');
    }
    if (request.headers.authorization === 'Bearer good') return false;
    const challenge = `Bearer realm="https://ghcr.io/token",scope="${scopes.join(' ')}"`;
    return sendError(response, 401, 'UNAUTHORIZED', '', { 'www-authenticate': challenge });
  };
  t.match(await world.open({ kind: 'identity-token', token: 'r' }).getManifest('v1'), { ok: true });
  t.equal(new URLSearchParams(form).get('scope'), scopes.join(' '));
});

t.test('the login of every partition of AWS', async (t) => {
  // Where our own requests go is where the SDK sends its own.
  for (const region of ['us-east-1', 'eu-central-2', 'us-gov-west-1', 'cn-north-1', 'cn-northwest-1']) {
    const client = new ECRClient({ region });
    const { url } = client.config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false });
    t.equal(`${regionalEndpoint('api.ecr', region)}/`, url.href, region);
    client.destroy();
  }
  const seen: string[] = [];
  const fake = await fakeRegistry(t);
  fake.gate = (request, response, body) => {
    const scope = /Credential=[^/]+\/\d+\/([^/]+\/[^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
    seen.push(`${request.headers['x-amz-target']} ${scope} ${body}`);
    const authorizationToken = Buffer.from('AWS:secret').toString('base64');
    const isPublic = scope?.endsWith('ecr-public') === true;
    const data = isPublic ? { authorizationToken, expiresAt: 1 } : [{ authorizationToken }];
    return void response.writeHead(200).end(JSON.stringify({ authorizationData: data }));
  };
  const env = { AWS_ENDPOINT_URL: `http://${fake.host}`, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const io = testIo({ env: { ...env, PATH: process.env['PATH'] } });
  const hosts: Readonly<Record<string, string>> = {
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com': 'eu-west-1/ecr',
    '123456789012.dkr.ecr.us-gov-west-1.amazonaws.com': 'us-gov-west-1/ecr',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn': 'cn-north-1/ecr',
    'public.ecr.aws': 'us-east-1/ecr-public',
  };
  for (const [host, scope] of Object.entries(hosts)) {
    t.match(
      await chooseLogin(host, NO_LOGIN, io),
      { ok: true, value: { login: 'cloud', credentials: { kind: 'password', username: 'AWS', password: 'secret' } } },
      host,
    );
    const namespace = host.startsWith('public') ? 'SpencerFrontendService' : 'AmazonEC2ContainerRegistry_V20150921';
    t.equal(seen.at(-1), `${namespace}.GetAuthorizationToken ${scope} {}`, host);
  }
  fake.gate = (_, response) =>
    void response.writeHead(400).end('{"__type":"AccessDeniedException","message":"is not authorized"}');
  t.match(await chooseLogin('public.ecr.aws', NO_LOGIN, io), {
    ok: false,
    error: {
      code: 1,
      cause: /^ECR gave no login for public\.ecr\.aws: is not authorized/,
      next: 'The AWS credentials of this job need ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken on "*".',
    },
  });
  fake.gate = (_, response) => void response.writeHead(200).end('{}');
  t.match(await chooseLogin('public.ecr.aws', NO_LOGIN, io), { ok: false, error: { cause: /holds no token$/ } });
  // Without a key what is public is read as anybody reads it.
  t.match(await chooseLogin('public.ecr.aws', NO_LOGIN, testIo({ env: {} })), {
    ok: true,
    value: { login: 'docker', credentials: { kind: 'anonymous' } },
  });
});

t.test("Docker's credential helpers, as programs", async (t) => {
  const helper = (answer: string) => `#!/bin/sh\nread -r server\n${answer}\n`;
  const home = t.testdir({
    bin: {
      'docker-credential-good': helper(
        `printf '{"ServerURL":"%s","Username":"%s","Secret":"s3cret of %s"}' "$server" "$1" "$server"`,
      ),
      'docker-credential-empty': helper('echo "credentials not found in native keychain"; exit 1'),
      'docker-credential-locked': helper('echo "the keychain is locked" >&2; exit 1'),
      'docker-credential-odd': helper('echo "<html>"'),
    },
    '.docker': {
      'config.json': JSON.stringify({
        credsStore: 'empty',
        credHelpers: {
          'ghcr.io': 'good',
          'https://index.docker.io/v1/': 'good',
          'locked.example.com': 'locked',
          'odd.example.com': 'odd',
          'missing.example.com': 'not-installed',
        },
        auths: { 'stored.example.com': { auth: Buffer.from('me:stored').toString('base64') }, 'ghcr.io': {} },
      }),
    },
  });
  const bin = join(home, 'bin');
  for (const name of ['good', 'empty', 'locked', 'odd']) chmodSync(join(bin, `docker-credential-${name}`), 0o755);
  const io = testIo({ env: { HOME: home, PATH: `${bin}${delimiter}${process.env['PATH']}` } });
  const read = (host: string) => readDockerLogin(host, io);
  t.strictSame(await read('ghcr.io'), {
    ok: true,
    value: { kind: 'password', username: 'get', password: 's3cret of ghcr.io' },
  });
  t.match(await read('docker.io'), { ok: true, value: { password: 's3cret of https://index.docker.io/v1/' } });
  t.match(await read('stored.example.com'), { ok: true, value: { password: 'stored' } }, 'what no helper has');
  t.strictSame(await read('quay.io'), { ok: true, value: { kind: 'anonymous' } });
  t.strictSame(await read('odd.example.com'), { ok: true, value: { kind: 'anonymous' } });
  t.strictSame(await read('locked.example.com'), {
    ok: false,
    error:
      "docker-credential-locked, which Docker's config.json names for locked.example.com, gave no login: the keychain is locked",
  });
  t.match(await read('missing.example.com'), {
    ok: false,
    error: /^docker-credential-not-installed, .* gave no login: /,
  });
  t.match(await chooseLogin('locked.example.com', NO_LOGIN, io), {
    ok: false,
    error: { code: 1, cause: /^there is no login for locked\.example\.com: docker-credential-locked, / },
  });
});
