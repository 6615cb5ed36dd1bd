// How generating grows with the number of environments, and how long the config SDK's own stringify takes for the same
// config, in one run.
import CircleCI from '@circleci/circleci-config-sdk';
import { load } from 'js-yaml';
import { generate, read } from '../dist/index.mjs';

const options = { release: { version: '0.0.0', integrity: 'sha512-x' } };

/** Staging, and `count` environments that come after it. */
function specOf(count) {
  const environments = { staging: environment('STAGING', { branch: 'main' }) };
  for (let n = 0; n < count; n++) environments[`region-${n}`] = environment(`R${n}`, { after: 'staging' });
  return JSON.stringify({ version: 1, image: { repository: 'ghcr.io/acme/shop' }, environments });
}

function environment(kubeconfig, trigger) {
  const kubernetes = { kubeconfig, namespace: 'shop', workloads: ['deployment/web', 'deployment/worker'] };
  return {
    ...trigger,
    context: `shop-${kubeconfig.toLowerCase()}`,
    kubernetes,
    migration: { command: ['node', 'migrate.js'] },
  };
}

function time(work) {
  const start = process.hrtime.bigint();
  const value = work();
  return { value, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 };
}

/** The SDK prints what `generate` returns; here that is the very config that gen-config has made. */
class SameConfig extends CircleCI.Config {
  constructor(config) {
    super();
    this.same = config;
  }
  generate() {
    return this.same;
  }
}

generateText(specOf(10)); // warm
console.log('environments      gen-config   per environment   SDK stringify   ratio   config     memory');
for (const count of [10, 100, 1000]) {
  const text = specOf(count);
  const ours = time(() => generateText(text));
  const config = load(ours.value);
  const theirs = time(() => new SameConfig(config).stringify());
  const { heapUsed, rss } = process.memoryUsage();
  const cells = [
    String(count).padStart(12),
    `${ours.milliseconds.toFixed(0)} ms`.padStart(15),
    `${(ours.milliseconds / count).toFixed(2)} ms`.padStart(17),
    `${theirs.milliseconds.toFixed(0)} ms`.padStart(15),
    (ours.milliseconds / theirs.milliseconds).toFixed(2).padStart(7),
    `${(ours.value.length / 1024).toFixed(0)} KiB`.padStart(9),
    `${(heapUsed / 2 ** 20).toFixed(0)} MiB heap, ${(rss / 2 ** 20).toFixed(0)} MiB in all`,
  ];
  console.log(cells.join(' '));
}

function generateText(text) {
  const project = read({ file: 'build-once.yml', text }, undefined);
  if (!project.ok) throw new Error(JSON.stringify(project.error.slice(0, 3)));
  const config = generate(project.value, options);
  if (!config.ok) throw new Error(JSON.stringify(config.error.slice(0, 3)));
  return config.value;
}
