import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { eksCluster } from '../../src/aws/eks.js';
import { readOidcToken } from '../../src/io/oidc-token.js';
import { type ScriptedProcess, testIo } from '../support/test-io.js';

/**
 * A job that takes hours: AWS sees the true time, and refuses what has ended by it, an OIDC token as well as keys. Each lives
 * an hour, as in CircleCI and by default in STS; a token for the cluster, which AWS makes nothing of, is looked at here.
 */

const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const oidcToken = (now: number) => jwt({ aud: 'o-1', sub: 'org/o-1', iat: now / 1000, exp: (now + HOUR) / 1000 });
const refusal = (code: string) => `<R><Error><Code>${code}</Code><Message>it is over</Message></Error></R>`;

interface Given {
  /** Milliseconds by which the clock of the job is ahead. */
  readonly skew?: number;
  readonly circleci: (now: number) => ReturnType<ScriptedProcess>;
}

/** A job, an STS and an EKS on a real socket. `pass` lets time pass and asks for a token; what is wrong with it, or ok. */
async function startJob(t: Test, { skew = 0, circleci }: Given) {
  let now = START;
  const sessions = new Map<string, number>();
  const minted: (readonly string[])[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    if (request.url?.startsWith('/clusters/') === true) {
      const cluster = { endpoint: 'https://c.example', certificateAuthority: { data: '' } };
      response.end(JSON.stringify({ cluster: { ...cluster, certificateAuthority: { data: 'eA==' } } }));
      return;
    }
    const token = new URLSearchParams(body).get('WebIdentityToken') ?? '';
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    if (claims.exp * 1000 <= now) return response.writeHead(400).end(refusal('ExpiredTokenException'));
    const key = `AKIA${sessions.size}`;
    sessions.set(key, now + HOUR);
    const until = new Date(now + HOUR).toISOString();
    response.end(
      `<R><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${until}</Expiration></R>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  const io = testIo({
    env: {
      CIRCLECI: 'true',
      CIRCLE_OIDC_TOKEN_V2: oidcToken(START),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    clock: { now: () => now + skew, sleep: async () => undefined },
    processes: (command, args) => {
      minted.push([command, ...args]);
      return circleci(now);
    },
  });
  const opened = await eksCluster(
    { name: 'staging', region: 'eu-west-1', role: 'arn:aws:iam::123456789012:role/deploy' },
    io,
  );
  if (!opened.ok) throw new Error(opened.error.cause);
  const pass = async (milliseconds: number, renew = false): Promise<string> => {
    now += milliseconds;
    const token = await opened.value.token(renew);
    if (!token.ok) return `${token.error.cause} | ${token.error.next}`;
    const url = new URL(Buffer.from(token.value.slice('k8s-aws-v1.'.length), 'base64url').toString());
    const key = url.searchParams.get('X-Amz-Credential')?.split('/')[0] ?? '';
    if ((sessions.get(key) ?? 0) <= now) return `signed with ${key}, which ended`;
    const date = url.searchParams.get('X-Amz-Date') ?? '';
    const signed = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z')) - skew;
    return now - signed < 15 * MINUTE ? 'ok' : `signed ${(now - signed) / MINUTE} minutes ago`;
  };
  return { pass, minted, sessions, io };
}

t.test('five hours: keys and OIDC tokens are renewed in time', async (t) => {
  const job = await startJob(t, { circleci: (now) => ({ stdout: `${oidcToken(now)}\n` }) });
  for (let minute = 1; minute <= 300; minute++) {
    const said = await job.pass(MINUTE);
    if (said !== 'ok') return t.fail(`minute ${minute}: ${said}`);
  }
  t.same(job.minted[0], ['circleci', 'run', 'oidc', 'get', '--claims', '{"aud":"o-1"}'], 'the same audience');
  t.ok(job.sessions.size <= 8, `${job.sessions.size} sessions: one for each three quarters of an hour`);
  t.equal(job.io.out() + job.io.err(), '', 'no token is shown');
});

t.test('without the program circleci: as long as the last keys live, and then it says what is missing', async (t) => {
  const job = await startJob(t, { circleci: () => ({ exitCode: undefined, error: 'spawn circleci ENOENT' }) });
  for (let minute = 5; minute <= 100; minute += 5) t.equal(await job.pass(5 * MINUTE), 'ok', `minute ${minute}`);
  t.match(
    await job.pass(10 * MINUTE),
    /^the OIDC token of this job ended at 2026-01-01T01:00:00\.000Z, and there is no new one: there is no program circleci on the PATH \| Run the job again: .* says 2026-01-01T01:50:00\.000Z\.$/,
  );
});

t.test('a program circleci that fails, or prints something else', async (t) => {
  const ask = async (circleci: ReturnType<ScriptedProcess>) => {
    const env = { CIRCLE_OIDC_TOKEN_V2: oidcToken(START - 2 * HOUR) };
    const clock = { now: () => START, sleep: async () => undefined };
    const token = await readOidcToken(testIo({ env, clock, processes: () => circleci }));
    return token.ok ? 'ok' : token.error.cause;
  };
  t.match(await ask({ exitCode: 1, stderr: 'no\nnot in a job\n' }), /get failed \(exit code 1\): not in a job$/);
  t.match(await ask({ stdout: 'Usage: circleci' }), /get failed \(it printed no token\)$/);
});

t.test('a clock that is wrong by hours', async (t) => {
  const circleci = (now: number) => ({ stdout: oidcToken(now) });
  const behind = await startJob(t, { skew: -5 * HOUR, circleci });
  for (let minute = 0; minute <= 180; minute += 5) {
    // The cluster refuses a token when the keys have ended, which this clock cannot know.
    const first = await behind.pass(5 * MINUTE);
    t.equal(first === 'ok' ? first : await behind.pass(0, true), 'ok');
  }
  const ahead = await startJob(t, { skew: 5 * HOUR, circleci });
  for (let minute = 0; minute <= 180; minute += 5) t.equal(await ahead.pass(5 * MINUTE), 'ok');
});
