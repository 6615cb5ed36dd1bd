import t from 'tap';
import {
  formatRepository,
  isDigest,
  isGoogleRegistry,
  isPublicEcr,
  isTag,
  parseEcrHost,
  parseReference,
} from '../src/reference.js';

const sha256 = `sha256:${'a'.repeat(64)}`;
const sha512 = `sha512:${'b'.repeat(128)}`;

t.test('names by the reference grammar', async (t) => {
  const good: Readonly<Record<string, readonly [repository: string, tag?: string | undefined, digest?: string]>> = {
    nginx: ['docker.io/library/nginx'],
    'nginx:1.27': ['docker.io/library/nginx', '1.27'],
    'acme/shop': ['docker.io/acme/shop'],
    'docker.io/nginx': ['docker.io/library/nginx'],
    'index.docker.io/nginx': ['docker.io/library/nginx'],
    'index.docker.io/acme/shop:v1': ['docker.io/acme/shop', 'v1'],
    'localhost/shop': ['localhost/shop'],
    'localhost:5000/shop:1': ['localhost:5000/shop', '1'],
    '127.0.0.1:5000/a/b/c': ['127.0.0.1:5000/a/b/c'],
    '[::1]:5000/shop': ['[::1]:5000/shop'],
    'ghcr.io/acme/shop': ['ghcr.io/acme/shop'],
    [`ghcr.io/a_b/c__d/e--f.g@${sha256}`]: ['ghcr.io/a_b/c__d/e--f.g', undefined, sha256],
    [`ghcr.io/acme/shop:v1@${sha512}`]: ['ghcr.io/acme/shop', 'v1', sha512],
    'europe-west1-docker.pkg.dev/project/repository/image': ['europe-west1-docker.pkg.dev/project/repository/image'],
    'public.ecr.aws/alias/shop': ['public.ecr.aws/alias/shop'],
  };
  for (const [text, [name, tag, digest]] of Object.entries(good)) {
    const reference = parseReference(text);
    t.ok(reference, text);
    if (reference === undefined) continue;
    t.strictSame([formatRepository(reference.repository), reference.tag, reference.digest], [name, tag, digest], text);
  }
  const bad = [
    ...['', '/', 'Shop', 'a//b', '/a', 'a/', 'a/../b', '../a', 'a/.b', 'a/b.', 'a/-b', 'a/b-', 'a/b___c', 'a/b..c'],
    ...['a b', 'a%2fb', 'a?b', 'a#b', 'ghcr.io/a\n', 'user@ghcr.io/a', 'ghcr.io:port/a', 'ghcr..io/a', '-x.io/a'],
    ...['a:', 'a:.b', 'a:-b', 'a:b/c', `a:${'x'.repeat(129)}`, 'a@sha256:abc', `a@md5:${'a'.repeat(32)}`, 'a@'],
    ...[`a@${sha256.toUpperCase()}`, `a@${sha256}0`, `ghcr.io/${'x'.repeat(256)}`, 'https://ghcr.io/a'],
  ];
  for (const text of bad) t.equal(parseReference(text), undefined, JSON.stringify(text));
});

t.test('tags and digests', async (t) => {
  for (const tag of ['a', '_', '1.2.3-rc.1', 'x'.repeat(128)]) t.ok(isTag(tag), tag);
  for (const tag of ['', '.a', '-a', 'a/b', 'a+b', 'a%41', 'ä', 'x'.repeat(129), 'a\n']) t.notOk(isTag(tag), tag);
  for (const digest of [sha256, sha512]) t.ok(isDigest(digest), digest);
  for (const digest of ['', 'sha256:', `${sha256}\n`, sha256.slice(0, -1), `sha384:${'a'.repeat(96)}`]) {
    t.notOk(isDigest(digest), digest);
  }
});

t.test('hosts of ECR in every partition', async (t) => {
  const hosts: Readonly<Record<string, string>> = {
    '123456789012.dkr.ecr.us-east-1.amazonaws.com': 'us-east-1',
    '123456789012.dkr.ecr.eu-central-2.amazonaws.com': 'eu-central-2',
    '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com': 'us-east-1',
    '123456789012.dkr-ecr.us-east-1.on.aws': 'us-east-1',
    '123456789012.dkr.ecr.us-gov-west-1.amazonaws.com': 'us-gov-west-1',
    '123456789012.dkr.ecr-fips.us-gov-east-1.amazonaws.com': 'us-gov-east-1',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn': 'cn-north-1',
    '123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn': 'cn-northwest-1',
  };
  for (const [host, region] of Object.entries(hosts)) {
    t.strictSame(parseEcrHost(host), { account: '123456789012', region }, host);
    t.notOk(isPublicEcr(host), host);
  }
  for (const host of ['public.ecr.aws', 'ecr-public.aws.com']) {
    t.ok(isPublicEcr(host), host);
    t.equal(parseEcrHost(host), undefined, host);
  }
  for (const host of [
    '12345.dkr.ecr.us-east-1.amazonaws.com',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com.example.com',
    '123456789012.dkr.ecr.us-east-1.example.com',
    'x.public.ecr.aws',
  ]) {
    t.notOk(parseEcrHost(host) ?? isPublicEcr(host), host);
  }
});

t.test('hosts of Google', async (t) => {
  for (const host of ['europe-west1-docker.pkg.dev', 'us-docker.pkg.dev', 'gcr.io', 'eu.gcr.io']) {
    t.ok(isGoogleRegistry(host), host);
  }
  for (const host of ['docker.pkg.dev.example.com', 'xgcr.io', 'ghcr.io']) t.notOk(isGoogleRegistry(host), host);
});
