import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { findAccess } from '../../src/kubernetes/find-access.js';
import { followLog } from '../../src/kubernetes/follow-log.js';
import { pods } from '../../src/kubernetes/resources.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeNamespace } from './cluster.js';
import { cutLogs } from './cut-logs.js';
import { makeLedger } from './ledger.js';
import { findGap, type More, migrate, program, RULES, steady } from './numbered-log.js';
import { skipWithout } from './skip-without.js';

/**
 * The log of a migration on a real cluster: its lines are numbered, and each must come once and in order whatever happens
 * to the stream.
 */

const execute = promisify(execFile);
const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_GATEWAY');
const registry = process.env['LAB_REGISTRY'] ?? '';
if (skip === false) t.setTimeout(1_800_000);

t.test('a log on a cluster', { skip, jobs: 2, timeout: 1_800_000 }, async (t) => {
  t.test('a megabyte a second, while the node rotates the log', { timeout: 900_000 }, async (t) => {
    const { out, namespace } = await migrate(t, steady(250_000, 10_000));
    t.equal(findGap(out, 250_000), undefined);
    const job = (await kubectl(['-n', namespace, 'get', 'jobs', '-o', 'name'])).trim();
    const left = execute('kubectl', ['-n', namespace, 'logs', job], { maxBuffer: 2 ** 28 });
    t.ok((await left).stdout.length < 25_000_000, 'it was rotated: what the node still has is not all of it');
  });

  t.test('lines of a megabyte, binary bytes, no newline at the end, through cuts', { timeout: 900_000 }, async (t) => {
    const ledger = await makeLedger(t, process.env['LAB_GATEWAY'] ?? '');
    // Beside a line of standard output that is being written, one of standard error would stand in its middle.
    const script = program(`
      write('error\\n', 2);
      setTimeout(() => {
      for (let n = 0; n < 8; n++) write(n + 'm'.repeat(2 ** 20 - 1) + '\\n');
      write('exact' + 'e'.repeat(16379) + '\\n');
      write(Buffer.from([65, 0, 66, 255, 254, 195, 40, 13, 67, 13, 10]));
      for (let n = 0; n < 2000; n++) write(numbered(n));
      write('slow' + 's'.repeat(20000));
      fetch('${ledger.heldUrl('end')}').then(() => write(' end\\nno newline'));
      }, 2000);`);
    const cut = cutLogs((stream) => stream * 1_500_000);
    const meanwhile = async (more: More) => {
      while (cut.cuts() < 5 && (await more(0))) await setTimeout(100);
      ledger.release('end');
    };
    const { out } = await migrate(t, script, { http: cut.http, meanwhile });
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

  t.test('containers that are started anew', { timeout: 900_000 }, async (t) => {
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

  t.test('tokens that end in the middle of it', { timeout: 900_000 }, async (t) => {
    const namespace = await makeNamespace(t, RULES);
    const { kubeconfig, findTokens, revoke } = await makePlugin(t, namespace);
    // Every few seconds the log is opened anew, with a token that is good by then.
    const cut = cutLogs(() => 600_000);
    let revoked = 0;
    const meanwhile = async (more: More) => {
      while (revoked < 2 && (await more(0))) {
        const known = await findTokens();
        // None that a token is just being made for, and none at all while the API server remembers one that is gone.
        await more(2000);
        if (known.length > 0) await revoke(known);
        revoked += known.length;
      }
    };
    const { out } = await migrate(t, steady(25_000, 500), { namespace, http: cut.http, kubeconfig, meanwhile });
    t.equal(findGap(out, 25_000), undefined);
    t.ok(revoked >= 2, 'tokens were taken away');
    t.ok(cut.cuts() >= 3, `the log was opened again ${cut.cuts()} times`);
  });
});

/** A kubeconfig whose plugin hands out tokens that do not say when they end. Each is bound to a Secret, and ends with it. */
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
  return {
    kubeconfig,
    /** The Secrets of those that were handed out and are good. */
    findTokens: async () =>
      (await kubectl([...as, 'get', 'secrets', '-o', 'name'])).split('\n').filter((one) => one !== ''),
    revoke: (tokens: readonly string[]) => kubectl([...as, 'delete', '--wait=false', '--ignore-not-found', ...tokens]),
  };
}
