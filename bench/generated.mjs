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

/** A spec in JSON: `count` services that share staging and production. */
export function specOfServices(count) {
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `service-${n}`,
      {
        paths: [`services/service-${n}`, 'libs'],
        image: { path: `services/service-${n}`, repository: `ghcr.io/acme/service-${n}` },
        defaults: { kubernetes: { workloads: [`deployment/service-${n}`] } },
      },
    ]),
  );
  const environment = (kubeconfig) => ({ context: 'shop-deploy', kubernetes: { kubeconfig, namespace: 'shop' } });
  const staging = { branch: 'main', ...environment('STAGING') };
  const production = { after: 'staging', ...environment('PRODUCTION') };
  return JSON.stringify({ version: 1, environments: { staging, production }, services });
}

/** The configs of a spec, as gen-config makes them. */
export function generateTexts(text) {
  const project = read({ file: 'build-once.yml', text }, undefined);
  if (!project.ok) throw new Error(JSON.stringify(project.error.slice(0, 3)));
  const configs = generate(project.value, { release: { version: '0.0.0', integrity: 'sha512-x' } });
  if (!configs.ok) throw new Error(JSON.stringify(configs.error.slice(0, 3)));
  return configs.value.map((config) => config.text);
}

/** The config of a spec that has one image. */
export function generateText(text) {
  return generateTexts(text)[0];
}

/** What `work` gives, and how long it took. */
export function time(work) {
  const start = process.hrtime.bigint();
  const value = work();
  return { value, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 };
}
