import { generate, read } from '../dist/index.mjs';

/** A spec in JSON: staging, and `count` environments that come after it. */
export function specOf(count) {
  const environments = { staging: environment('STAGING', { branch: 'main' }) };
  for (let n = 0; n < count; n++) environments[`region-${n}`] = environment(`R${n}`, { after: 'staging' });
  return JSON.stringify({ version: 1, image: { repository: 'ghcr.io/acme/shop' }, environments });
}

function environment(kubeconfig, trigger) {
  const kubernetes = { kubeconfig, namespace: 'shop', workloads: ['deployment/web', 'deployment/worker'] };
  return {
    ...trigger,
    context: 'shop-deploy', // CircleCI takes at most 100 contexts
    kubernetes,
    migration: { command: ['node', 'migrate.js'] },
  };
}

/** The config of a spec, as gen-config makes it. */
export function generateText(text) {
  const project = read({ file: 'build-once.yml', text }, undefined);
  if (!project.ok) throw new Error(JSON.stringify(project.error.slice(0, 3)));
  const config = generate(project.value, { release: { version: '0.0.0', integrity: 'sha512-x' } });
  if (!config.ok) throw new Error(JSON.stringify(config.error.slice(0, 3)));
  return config.value;
}

/** What `work` gives, and how long it took. */
export function time(work) {
  const start = process.hrtime.bigint();
  const value = work();
  return { value, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 };
}
