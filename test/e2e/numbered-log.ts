import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import type { Http } from '../../src/io/io.js';
import { migrationRules, templateRules } from '../../src/kubernetes/permissions.js';
import { testIo } from '../support/test-io.js';
import { makeDeployment, makeNamespace } from './cluster.js';

/** The rights of a migration. */
export const RULES = [...templateRules({ kind: 'deployment' }), ...migrationRules];
const registry = process.env['LAB_REGISTRY'] ?? '';

/** A program of Node that writes with `write`, which waits for whoever reads slowly; it begins when its log can be open. */
export function program(body: string): string {
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
export const steady = (lines: number, perSecond: number) =>
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
export function findGap(out: string, lines: number): string | undefined {
  const numbers = [...out.matchAll(/^N(\d{8})x{90}$/gm)].map(([, text]) => Number(text));
  const wrong = numbers.findIndex((number, at) => number !== at);
  if (wrong >= 0) return `after ${numbers[wrong - 1]} came ${numbers[wrong]}`;
  return numbers.length === lines ? undefined : `${numbers.length} lines of ${lines}`;
}

/** Waits until so many more numbered lines have been shown, or it is over; says whether it still runs. */
export type More = (lines: number) => Promise<boolean>;

interface Given {
  readonly http?: Http;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly meanwhile?: (more: More) => Promise<unknown>;
}

/** Runs such a program as a migration, in the registry's node:20-slim. */
export async function migrate(t: Test, script: string, given: Given = {}) {
  const { http, meanwhile, kubeconfig = process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '' } = given;
  const namespace = given.namespace ?? (await makeNamespace(t, RULES));
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
    timeout: '900s',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const ended = runBuildOnce(['run-migration', ...flags], io);
  let isOver = false;
  void ended.then(() => (isOver = true));
  const more: More = async (lines) => {
    const enough = io.out().length + lines * 100;
    while (!isOver && io.out().length < enough) await setTimeout(100);
    return !isOver;
  };
  await meanwhile?.(more);
  const code = await ended;
  const said = io.out().split('\n');
  const shown = said.filter((line) => line.length < 300 && !line.startsWith('N0')).slice(-40);
  t.comment([...shown, io.err().slice(-2000)].join('\n'));
  t.equal(code, 0, 'the migration succeeded');
  return { out: io.out(), namespace };
}
