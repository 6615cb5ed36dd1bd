import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { type Http, HttpError } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { findAccess } from '../../src/kubernetes/find-access.js';
import { followLog } from '../../src/kubernetes/follow-log.js';
import { migrationRules, templateRules } from '../../src/kubernetes/permissions.js';
import { pods } from '../../src/kubernetes/resources.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeDeployment, makeNamespace } from './cluster.js';
import { skipWithout } from './skip-without.js';

/**
 * The log of a migration on a real cluster: its lines are numbered, and each must come once and in order whatever happens
 * to the stream. The Pods run the registry's node:20-slim.
 */

const execute = promisify(execFile);
const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY');
const control = process.env['LAB_CONTROL'] ?? '';
/** What really stops a part of the cluster is for a cluster that nobody else uses. */
const uncontrolled = control === '' ? 'set LAB_CONTROL to stop parts of the cluster' : false;
const rules = [...templateRules({ kind: 'deployment' }), ...migrationRules];
const registry = process.env['LAB_REGISTRY'] ?? '';

/** A program of Node that writes with `write`, which waits for whoever reads slowly; it begins when its log can be open. */
function program(body: string): string {
  return `
const { writeSync } = require('node:fs');
const write = (data, to = 1) => {
  const bytes = Buffer.from(data);
  for (let at = 0; at < bytes.length; ) {
    try { at += writeSync(to, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  }
};
const numbered = (n) => 'N' + String(n).padStart(8, '0') + 'x'.repeat(90) + '\\n';
setTimeout(() => { ${body} }, 4000);`;
}

/** Writes that many numbered lines of 100 bytes, so many in a second. */
const steady = (lines: number, perSecond: number) =>
  program(`
  let n = 0;
  const start = Date.now();
  const timer = setInterval(() => {
    let text = '';
    for (const due = Math.min(${lines}, (Date.now() - start) * ${perSecond / 1000}); n < due; n++) text += numbered(n);
    write(text);
    if (n >= ${lines}) clearInterval(timer);
  }, 5);`);

/** Says what is wrong with the numbers of the numbered lines, if anything is. */
function findGap(out: string, lines: number): string | undefined {
  const numbers = [...out.matchAll(/^N(\d{8})x{90}$/gm)].map(([, text]) => Number(text));
  const wrong = numbers.findIndex((number, at) => number !== at);
  if (wrong >= 0) return `after ${numbers[wrong - 1]} came ${numbers[wrong]}`;
  return numbers.length === lines ? undefined : `${numbers.length} lines of ${lines}`;
}

interface Given {
  readonly http?: Http;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  /** Is done when a thousand numbered lines have been shown. */
  readonly meanwhile?: () => Promise<unknown>;
}

async function migrate(t: Test, script: string, given: Given = {}) {
  const { http, meanwhile, kubeconfig = process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '' } = given;
  const namespace = given.namespace ?? (await makeNamespace(t, rules));
  await makeDeployment(namespace, { image: `${registry}/library/node:20-slim`, replicas: 0 });
  const head = await fetch(`http://${registry}/v2/library/node/manifests/20-slim`, {
    method: 'HEAD',
    headers: {
      accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json',
    },
  });
  const image = `${registry}/library/node@${head.headers.get('docker-content-digest')}`;
  const io = testIo(http === undefined ? {} : { http });
  const options = {
    environment: 'staging',
    namespace,
    kubeconfig,
    image,
    workload: 'deployment/web',
    command: JSON.stringify(['node', '-e', script]),
    commit: '0123456789abcdef0123456789abcdef01234567',
    timeout: '600s',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const ended = runBuildOnce(['run-migration', ...flags], io);
  if (meanwhile !== undefined) {
    while (!io.out().includes('N00001000') && (await Promise.race([ended, wait(100)])) === undefined);
    await meanwhile();
  }
  const code = await ended;
  const said = io.out().split('\n');
  const shown = said.filter((line) => line.length < 300 && !line.startsWith('N0')).slice(-40);
  t.comment([...shown, io.err().slice(-2000)].join('\n'));
  t.equal(code, 0, 'the migration succeeded');
  return { out: io.out(), namespace };
}

/** Real requests, but each log stream breaks after so many bytes. */
function cutLogs(after: number): { readonly http: Http; readonly cuts: () => number } {
  const real = nodeHttp();
  let cuts = 0;
  const http: Http = async (request) => {
    const response = await real(request);
    if (!/\/log\?.*follow=true/.test(request.url) || response.status !== 200) return response;
    const body = async function* () {
      let left = after;
      for await (const piece of response.body) {
        yield piece.subarray(0, left);
        left -= piece.byteLength;
        if (left > 0) continue;
        cuts++;
        response.discard();
        throw new HttpError('reset', 'cut off by the test');
      }
    };
    return { ...response, body: body() };
  };
  return { http, cuts: () => cuts };
}

const wait = (milliseconds: number) => new Promise<undefined>((done) => setTimeout(done, milliseconds, undefined));

if (skip === false) t.setTimeout(1_800_000);

t.test('a log on a cluster', { skip, timeout: 1_800_000 }, async (t) => {
  t.test('a megabyte and a half a second, while the node rotates the log', { timeout: 600_000 }, async (t) => {
    const { out, namespace } = await migrate(t, steady(300_000, 15_000));
    t.equal(findGap(out, 300_000), undefined);
    const job = (await kubectl(['-n', namespace, 'get', 'jobs', '-o', 'name'])).trim();
    const left = execute('kubectl', ['-n', namespace, 'logs', job], { maxBuffer: 2 ** 28 });
    t.ok((await left).stdout.length < 30_000_000, 'it was rotated: what the node still has is not all of it');
  });

  t.test('lines of a megabyte, binary bytes, no newline at the end, through cuts', { timeout: 600_000 }, async (t) => {
    const script = program(`
      for (let n = 0; n < 8; n++) write(n + 'm'.repeat(2 ** 20 - 1) + '\\n');
      write('exact' + 'e'.repeat(16379) + '\\n');
      write(Buffer.from([65, 0, 66, 255, 254, 195, 40, 13, 67, 13, 10]));
      write('error\\n', 2);
      for (let n = 0; n < 2000; n++) write(numbered(n));
      write('slow' + 's'.repeat(20000));
      setTimeout(() => write(' end\\nno newline'), 2000);`);
    const cut = cutLogs(1_500_000);
    const { out } = await migrate(t, script, { http: cut.http });
    t.ok(cut.cuts() >= 5, `${cut.cuts()} cuts`);
    t.same(
      [...out.matchAll(/^(\d)m+$/gm)].map(([line, n]) => [Number(n), line.length]),
      Array.from({ length: 8 }, (_, n) => [n, 2 ** 20]),
    );
    t.match(out, /^exacte{16379}$/m);
    t.match(out, /^AB\uFFFD\uFFFD\uFFFD\( C$/m, 'controls are taken out, bytes that are no text stay');
    t.equal(out.match(/^error$/gm)?.length, 1);
    t.match(out, /^slows{20000} end$/m);
    t.equal(out.match(/^no newline$/gm)?.length, 1);
    t.equal(findGap(out, 2000), undefined);
  });

  t.test('containers that are started anew', { timeout: 600_000 }, async (t) => {
    const namespace = await makeNamespace(t, []);
    const script = `
      for (const i of Array(200).keys()) console.log(Date.now(), i);
      process.stdout.write('the end of it');
      setTimeout(() => process.exit(require('node:fs').readdirSync('/data').length), 1000);
      require('node:fs').rmSync('/data/' + require('node:fs').readdirSync('/data')[0], { force: true });`;
    const image = `${registry}/library/node:20-slim`;
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    await apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'again', namespace },
      spec: {
        restartPolicy: 'OnFailure',
        volumes: [{ name: 'data', emptyDir: {} }],
        initContainers: [{ name: 'init', image, command: ['sh', '-c', 'touch /data/1 /data/2'], volumeMounts }],
        containers: [{ name: 'web', image, command: ['node', '-e', script], volumeMounts }],
      },
    });
    await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/again', '--timeout=300s']);
    const io = testIo();
    const access = await findAccess(process.env['KUBECONFIG'] ?? '', io);
    if (!access.ok) return t.fail(access.error.message);
    const client = openKubernetes(access.value, namespace, io);
    let out = '';
    const end = await followLog(client, {
      pod: 'again',
      container: 'web',
      clock: io.clock,
      look: async () => {
        const pod = await client.get(pods, 'again');
        const status = pod.ok ? pod.value.status : undefined;
        const restarts = status?.containerStatuses?.[0]?.restartCount ?? 0;
        return { isOver: status?.phase === 'Succeeded', restarts };
      },
      onLines: (lines) => {
        out += Buffer.from(lines).toString();
      },
      onNote: (note) => t.fail(note),
      over: new AbortController().signal,
      signal: new AbortController().signal,
    });
    t.match(end, { ok: true });
    const lines = out.trimEnd().split('\n');
    const numbers = Array.from({ length: 200 }, (_, n) => String(n));
    t.same(
      lines.map((line) => line.split(' ').slice(1).join(' ')),
      [1, 2].flatMap(() => [...numbers, 'end of it']),
    );
  });

  for (const part of ['apiserver', 'kubelet']) {
    t.test(`the ${part} is stopped and started`, { skip: uncontrolled, timeout: 600_000 }, async (t) => {
      t.teardown(() => execute(control, ['up', 'cluster']));
      const namespace = await makeNamespace(t, rules);
      const outage = async () => {
        await execute(control, ['stop', part]);
        await wait(3000);
        await execute(control, ['up', 'cluster']);
      };
      const { out } = await migrate(t, steady(20_000, 500), { namespace, meanwhile: outage });
      t.equal(findGap(out, 20_000), undefined);
    });
  }

  t.test('tokens that end in the middle of it', { timeout: 600_000 }, async (t) => {
    const namespace = await makeNamespace(t, rules);
    const plugin = await makePlugin(t, namespace);
    const cut = cutLogs(100_000);
    const { out } = await migrate(t, steady(20_000, 500), { namespace, http: cut.http, kubeconfig: plugin.kubeconfig });
    t.equal(findGap(out, 20_000), undefined);
    t.ok((await plugin.revoked()) >= 2, 'tokens were taken away');
    t.ok(cut.cuts() >= 5, 'the log was opened again after that');
  });
});

/**
 * A kubeconfig whose plugin hands out tokens that do not say when they end. Each is bound to a Secret, and ends with it
 * a few seconds later.
 */
async function makePlugin(t: Test, namespace: string) {
  const as = ['-n', namespace];
  await kubectl([...as, 'create', 'serviceaccount', 'short-lived']);
  const role = (await kubectl([...as, 'get', 'roles', '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
  const subject = `${namespace}:short-lived`;
  await kubectl([...as, 'create', 'rolebinding', 'short-lived', `--role=${role}`, `--serviceaccount=${subject}`]);
  const folder = t.testdir();
  const script = join(folder, 'plugin');
  await writeFile(
    script,
    `#!/bin/sh
set -e
name=token-$$
kubectl -n ${namespace} create secret generic $name >&2
token=$(kubectl -n ${namespace} create token short-lived --bound-object-kind Secret --bound-object-name $name)
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$token"
`,
  );
  await chmod(script, 0o755);
  const server = (await kubectl(['config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}'])).trim();
  const kubeconfig = join(folder, 'kubeconfig');
  const env = [{ name: 'KUBECONFIG', value: process.env['KUBECONFIG'] }];
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script, env, interactiveMode: 'Never' };
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { exec } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }),
  );
  let isOver = false;
  let revoked = 0;
  let known: readonly string[] = [];
  const revoke = async () => {
    while (!isOver) {
      await wait(8000);
      // Not those that a token is just being made for.
      if (known.length > 0) await kubectl([...as, 'delete', '--wait=false', '--ignore-not-found', ...known]);
      revoked += known.length;
      known = (await kubectl([...as, 'get', 'secrets', '-o', 'name'])).split('\n').filter((one) => one !== '');
    }
  };
  const revoking = revoke();
  t.teardown(async () => {
    isOver = true;
    await revoking;
  });
  return {
    kubeconfig,
    revoked: async () => {
      isOver = true;
      await revoking;
      return revoked;
    },
  };
}
