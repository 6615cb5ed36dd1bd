import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { OCI_MANIFEST } from '../../src/registry/manifest.js';
import { addImage, type FakeRegistry, type Fault, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { fakeClock, testIo } from '../support/test-io.js';

const commit = 'c0ffee'.padEnd(40, '0');
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const ROLE = 'arn:aws:iam::123456789012:role/shop-push';
const start = Date.parse('2026-01-01T00:00:00Z');
const oidc = (expires: number) => `x.${Buffer.from(JSON.stringify({ exp: expires / 1000 })).toString('base64url')}.y`;

interface Case {
  /** What goes wrong. */
  readonly what: string;
  /** The words after `build-once`; `REPOSITORY` and `DIGEST` stand for what the world has. */
  readonly args: string;
  /** The host that the registry has in the world of the command. Default: its own. */
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly prepare?: (fake: FakeRegistry, digest: string) => void;
  /** The first line, and what to do. `REPOSITORY`, `HOST` and `DIGEST` stand for what the world has. */
  readonly says: string;
  readonly next?: string;
}

const pass = 'pass-image --repository REPOSITORY --environment staging --image REPOSITORY@DIGEST';
const verify = 'verify-image --repository REPOSITORY --environment production --after staging';
const promote = 'promote-image --repository REPOSITORY --destination ghcr.io/acme/shop --image REPOSITORY@DIGEST';

const always =
  (fault: Fault) =>
  (fake: FakeRegistry): void => {
    fake.gate = fault;
  };
const error = (status: number, code: string, message: string, headers = {}): ((fake: FakeRegistry) => void) =>
  always((_, response) => sendError(response, status, code, message, headers));
const answer = (type: string, text: string, headers = {}): ((fake: FakeRegistry) => void) =>
  always((_, response) => void response.writeHead(200, { 'content-type': type, ...headers }).end(text));
const basic = { 'www-authenticate': 'Basic realm="registry"' };
const login = { REGISTRY_USER: 'me', REGISTRY_PASSWORD: 's3cret-of-mine' };
const withLogin = ' --username $REGISTRY_USER --password $REGISTRY_PASSWORD';
const stray = { AWS_ACCESS_KEY_ID: 'STRAY', AWS_SECRET_ACCESS_KEY: 'STRAY' };
const refusedBySts = (code: string, message: string) =>
  always(
    (_, response) =>
      void response
        .writeHead(403)
        .end(`<ErrorResponse><Code>${code}</Code><Message>${message}</Message></ErrorResponse>`),
  );

const cases: readonly Case[] = [
  {
    what: 'no such repository in ECR',
    args: pass,
    host: ECR,
    env: { DOCKER_CONFIG: 'docker' },
    prepare: error(404, 'NAME_UNKNOWN', 'The repository does not exist'),
    says: 'there is no repository REPOSITORY, or this login may not see it',
    next: 'ECR makes no repository by itself: create "shop", for example with build-once ensure-repository.',
  },
  {
    what: 'no such repository in the public registry of ECR',
    args: pass,
    host: 'public.ecr.aws',
    prepare: error(404, 'NAME_UNKNOWN', 'The repository does not exist'),
    says: 'there is no repository REPOSITORY, or this login may not see it',
    next: 'ECR makes no repository by itself: aws ecr-public create-repository --region us-east-1 ',
  },
  {
    what: 'no such tag',
    args: verify,
    prepare: (fake) => fake.manifests.clear(),
    says: `commit ${commit} has no image: there is no tag ${commit} in REPOSITORY`,
    next: 'The publish_image job of this commit puts it there.',
  },
  {
    what: 'no such image',
    args: pass,
    prepare: (fake) => fake.manifests.clear(),
    says: 'there is no manifest REPOSITORY@DIGEST',
  },
  {
    what: 'no login',
    args: pass,
    prepare: error(401, 'UNAUTHORIZED', 'authentication required', basic),
    says: 'HOST asks for a login to use REPOSITORY, and none was found',
    next: 'Give username and password ("login" of the image in the spec), or log in before this step: ',
  },
  {
    what: 'a wrong login',
    args: pass + withLogin,
    env: login,
    prepare: error(401, 'UNAUTHORIZED', 'incorrect username or password', basic),
    says: 'HOST does not accept the login for REPOSITORY: incorrect username or password',
    next: 'Give username and password',
  },
  {
    what: 'a login that the token service does not take',
    args: pass + withLogin,
    env: login,
    prepare: (fake) =>
      always((request, response) =>
        request.url?.startsWith('/token') === true
          ? sendError(response, 401, 'UNAUTHORIZED')
          : sendError(response, 401, 'X', '', { 'www-authenticate': `Bearer realm="http://${fake.host}/token"` }),
      )(fake),
    says: 'HOST does not accept the login for REPOSITORY: HOST gave no token (status 401)',
  },
  {
    what: 'a token that ends in the middle, and no new one',
    args: pass + withLogin,
    env: login,
    prepare: (fake) => {
      let issued = 0;
      always((request, response) => {
        if (request.url?.startsWith('/token') === true) {
          issued += 1;
          return issued === 1 ? void response.end('{"token":"t"}') : sendError(response, 403, 'DENIED');
        }
        if (request.method === 'GET' && request.headers.authorization !== undefined) return false;
        return sendError(response, 401, 'X', '', { 'www-authenticate': `Bearer realm="http://${fake.host}/token"` });
      })(fake);
    },
    says: 'this login may not write to REPOSITORY: HOST gives no token for it',
    next: 'Give the login the right to push REPOSITORY.',
  },
  {
    what: 'a login without the right',
    args: pass,
    host: ECR,
    env: { DOCKER_CONFIG: 'docker' },
    prepare: (fake) =>
      always((request, response) =>
        request.method === 'PUT'
          ? sendError(response, 403, 'DENIED', 'not authorized to perform: ecr:PutImage')
          : false,
      )(fake),
    says: 'this login may not write to REPOSITORY: not authorized to perform: ecr:PutImage',
    next: 'The role needs ecr:PutImage and the ecr:*LayerUpload actions',
  },
  {
    what: 'a role without a token',
    args: `${pass} --role ${ROLE}`,
    host: ECR,
    env: { CIRCLECI: 'true' },
    says: 'there is no OIDC token in this job: neither CIRCLE_OIDC_TOKEN_V2 nor CIRCLE_OIDC_TOKEN is set',
    next: 'Check that the job runs in the organization that has OIDC',
  },
  {
    what: 'a role without a token, and keys that would win elsewhere',
    args: `${pass} --role ${ROLE}`,
    host: ECR,
    env: { CIRCLECI: 'true', ...stray },
    says: 'there is no OIDC token in this job: neither CIRCLE_OIDC_TOKEN_V2 nor CIRCLE_OIDC_TOKEN is set',
    next: 'where a role is named, only the OIDC token counts.',
  },
  {
    what: 'a token that has ended, and keys',
    args: `${pass} --role ${ROLE}`,
    host: ECR,
    env: { CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: oidc(start - 1000), ...stray },
    says: 'the OIDC token of this job ended at 2025-12-31T23:59:59.000Z',
    next: 'Run the job again: what is done already is recognised.',
  },
  {
    what: 'a role that cannot be assumed, and keys',
    args: `${pass} --role ${ROLE}`,
    host: ECR,
    env: { CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: oidc(start + 1000), ...stray },
    prepare: refusedBySts('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
    says: `the role ${ROLE} cannot be assumed: Not authorized to perform sts:AssumeRoleWithWebIdentity (AccessDenied)`,
    next: 'The account of the role needs the OIDC provider',
  },
  {
    what: 'a web page',
    args: pass,
    prepare: answer('text/html', '<html>Please sign in</html>'),
    says: "the registry's answer for REPOSITORY:staging.COMMIT is not valid: it is a web page; a proxy or a login page may have answered",
  },
  {
    what: 'a web page with status 404',
    args: pass,
    prepare: always((_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>')),
    says: "the registry's answer for REPOSITORY:staging.COMMIT is not valid: HOST answered with a web page; it does not look like a registry",
  },
  {
    what: 'a manifest of another digest',
    args: pass,
    prepare: (fake, digest) => {
      const bytes = Buffer.from('{}');
      fake.manifests.set(`shop:${digest}`, { type: OCI_MANIFEST, bytes });
    },
    says: `the registry's answer for REPOSITORY@DIGEST is not valid: its bytes have the digest ${sha256('{}')}, and not DIGEST`,
  },
  {
    what: 'a manifest that is cut off each time',
    args: pass,
    prepare: always((_, response) => {
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': '1000' });
      response.write('{', () => response.destroy());
      return undefined;
    }),
    says: 'REPOSITORY cannot be reached: HOST closed the connection',
    next: 'Run the job again when the registry can be reached from it.',
  },
  {
    what: 'a manifest whose end is missing, though the answer ends well',
    args: pass,
    prepare: (fake, digest) =>
      always((request, response) => {
        if (!request.url?.endsWith(digest)) return false;
        return void response.writeHead(200, { 'content-type': OCI_MANIFEST }).end('{"schemaVersion":2');
      })(fake),
    says: "the registry's answer for REPOSITORY@DIGEST is not valid: its bytes have the digest sha256:",
  },
  {
    what: 'a storm of 429',
    args: pass,
    prepare: error(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit', { 'retry-after': '30' }),
    says: 'HOST answered 429 (Too Many Requests) for REPOSITORY, in the last of 5 tries over 120.0 s: You have reached your pull rate limit',
    next: 'Run the job again in a while; with a login',
  },
  {
    what: 'an answer of 500 to every write',
    args: pass,
    prepare: always((request, response) =>
      request.method === 'PUT' ? sendError(response, 500, 'UNKNOWN', 'unknown error') : false,
    ),
    says: 'HOST answered 500 (Internal Server Error) for REPOSITORY, in the last of 5 tries over ',
    next: 'Run the job again when the registry is well.',
  },
  {
    what: 'a registry that is not there',
    args: pass,
    prepare: always((request) => void request.socket.destroy()),
    says: 'REPOSITORY cannot be reached: HOST closed the connection',
  },
  {
    what: 'a tag that the registry keeps from moving',
    args: pass,
    prepare: (fake) => {
      always((request, response) => {
        if (request.method !== 'PUT') return false;
        // Another job has put it there since this one looked.
        addImage(fake, 'shop', { architecture: 's390x' }, `staging.${commit}`);
        return sendError(response, 400, 'TAG_INVALID', 'The image tag already exists and cannot be overwritten');
      })(fake);
    },
    says: 'REPOSITORY:staging.COMMIT is there already with another digest: it is sha256:',
    next: 'A tag is never moved.',
  },
  {
    what: 'a destination without a login',
    args: promote,
    prepare: always((request, response) =>
      request.headers['x-host'] === 'ghcr.io' ? sendError(response, 401, 'UNAUTHORIZED', '', basic) : false,
    ),
    says: 'ghcr.io asks for a login to use ghcr.io/acme/shop, and none was found',
  },
];

async function world(t: Test, { args, host, env = {}, prepare }: Case) {
  const fake = await fakeRegistry(t);
  const digest = addImage(fake, 'shop', { architecture: 'amd64', layers: ['a layer'] });
  prepare?.(fake, digest);
  const name = host ?? fake.host;
  const fill = (text: string) =>
    text
      .replaceAll('REPOSITORY', `${name}/shop`)
      .replaceAll('DIGEST', digest)
      .replaceAll('HOST', name)
      .replaceAll('COMMIT', commit);
  const cwd = t.testdir({
    docker: { 'config.json': JSON.stringify({ auths: { [ECR]: { auth: 'QVdTOnA=' } } }) },
  });
  mkdirSync(join(cwd, '.build-once'));
  writeFileSync(join(cwd, '.build-once/README'), 'nothing was built here');
  const real = nodeHttp();
  const clock = fakeClock(start);
  const io = testIo({
    cwd,
    clock,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    http: (request) => {
      const url = new URL(request.url);
      const headers = { ...request.headers, 'x-host': url.host };
      return real({ ...request, headers, url: `http://${fake.host}${url.pathname}${url.search}` });
    },
  });
  const code = await runBuildOnce([...fill(args).split(' '), '--commit', commit], io);
  return { fake, io, code, clock, fill };
}

t.test('each fault says what was found, where, and what to do', async (t) => {
  for (const one of cases) {
    await t.test(one.what, async (t) => {
      const { fake, io, code, fill } = await world(t, one);
      const errors = io.err().split('\n');
      // What was tried again is told as it happens; the failure is what comes then.
      const first = errors.findIndex((line) => line.startsWith('build-once '));
      t.equal(code, 1);
      t.ok(
        errors.slice(0, first).every((line) => / trying again in /.test(line)),
        'nothing else stands before it',
      );
      const verb = one.args.split(' ')[0];
      // The socket of the fake has an address of its own, which is what a cut connection names.
      const said = (errors[first] ?? '').replaceAll(fake.host, fill('HOST'));
      t.ok(said.startsWith(`build-once ${verb}: ${fill(one.says)}`), said);
      if (one.next !== undefined) t.match(errors.slice(first + 1).join('\n'), fill(one.next));
      t.notMatch(io.out() + io.err(), /s3cret-of-mine|STRAY/, 'no secret is told');
      t.strictSame(
        fake.requests.filter(
          (line) => line.startsWith('PUT') && !line.replace(/\.record$/, '').endsWith(`staging.${commit}`),
        ),
        [],
        'nothing else is written',
      );
      for (const used of fake.authorizations) t.notMatch(used ?? '', 'STRAY', 'a stray key signs nothing');
    });
  }
});

t.test('a storm that passes is sat out', async (t) => {
  const hits = new Map<string, number>();
  const stormy: Case = {
    what: '429 three times for each request, then an answer',
    args: pass,
    prepare: always((request, response) => {
      const key = `${request.method} ${request.url}`;
      const hit = (hits.get(key) ?? 0) + 1;
      hits.set(key, hit);
      if (hit > 3) return false;
      return sendError(response, 429, 'TOOMANYREQUESTS', 'slow down', hit === 1 ? { 'retry-after': '2' } : {});
    }),
    says: '',
  };
  const { fake, io, code, clock } = await world(t, stormy);
  t.equal(code, 0, io.err());
  t.ok(fake.manifests.has(`shop:staging.${commit}`));
  t.ok(clock.slept.filter((wait) => wait === 2000).length >= 3, 'as long as the registry says');
  t.equal(
    fake.requests.filter((line) => line.startsWith('PUT')).length,
    8,
    'the tag and its record were put once, and refused before',
  );
});

t.test('500 on the last byte', async (t) => {
  // The registry has it all, and fails only then: what it has is found, and not sent again.
  const late: Case = {
    what: 'the tag is put, and the answer is 500',
    args: pass,
    prepare: (fake) => {
      always((request, response, body) => {
        if (request.method !== 'PUT') return false;
        fake.manifests.set(`shop:${request.url?.split('/').at(-1)}`, { type: OCI_MANIFEST, bytes: body });
        return sendError(response, 500, 'UNKNOWN', 'late');
      })(fake);
    },
    says: '',
  };
  const { fake, io, code } = await world(t, late);
  t.equal(code, 0, io.err());
  t.equal(fake.requests.filter((line) => line.startsWith('PUT')).length, 2, 'the tag and its record');
  t.match(io.err(), / answered 500: trying again in /);
});
