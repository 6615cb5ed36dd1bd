import type { Scene } from './scene.js';

const STRAY = 'deployment/web was changed by someone else while this job waited: ';
/** Not ready for so long that somebody can come between. */
const slow = { container: { readinessProbe: { exec: { command: ['cat', '/ready'] }, periodSeconds: 1 } } };
const POD_OF_NEW = '1 of 1 replicas updated';

/** Others who do something to the workload meanwhile. */
export const changed: readonly Scene[] = [
  {
    name: 'changed: another image',
    workload: slow,
    meanwhile: async ({ said, kubectl, images }) => {
      await said(POD_OF_NEW);
      await kubectl('set', 'image', 'deployment/web', `web=${images.absent}`);
    },
    code: 1,
    says: `${STRAY}container "web" has …@sha256:0000…, expected {image}`,
  },
  {
    name: 'changed: scaled to zero',
    workload: slow,
    meanwhile: async ({ said, kubectl }) => {
      await said(POD_OF_NEW);
      await kubectl('scale', 'deployment/web', '--replicas=0');
    },
    code: 1,
    says: `${STRAY}it was scaled from 1 to 0 replicas, so nothing of it runs`,
  },
  {
    name: 'changed: rolled back',
    workload: { ...slow, script: 'echo new' },
    before: async ({ kubectl, seen }) => {
      await seen('deployment/web', '{.status.observedGeneration}', /1/);
      await kubectl('get', 'rs');
    },
    meanwhile: async ({ said, kubectl }) => {
      await said(POD_OF_NEW);
      await kubectl('rollout', 'undo', 'deployment/web');
    },
    code: 1,
    says: `${STRAY}container "web" has …, expected {image}`,
  },
  {
    name: 'changed: deleted',
    workload: slow,
    meanwhile: async ({ said, kubectl }) => {
      await said(POD_OF_NEW);
      await kubectl('delete', 'deployment/web');
    },
    code: 1,
    says: 'there is no Deployment "web" in namespace "{ns}" any more: it was deleted while this job waited',
  },
  {
    name: 'changed: deleted and made anew, with the version before',
    workload: slow,
    meanwhile: async ({ said, kubectl, images, apply }) => {
      await said(POD_OF_NEW);
      const text = await kubectl('get', 'deployment/web', '-o', 'json');
      await kubectl('delete', 'deployment/web', '--cascade=foreground');
      const { spec } = JSON.parse(text.replaceAll(images.new, images.old)) as { spec: object };
      await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec });
    },
    code: 1,
    says: '…deleted…while this job waited…',
  },
  {
    name: 'changed: paused in the middle',
    workload: { ...slow, replicas: 3 },
    flags: { timeout: '25s' },
    meanwhile: async ({ said, kubectl }) => {
      await said('of 3 replicas updated');
      await kubectl('rollout', 'pause', 'deployment/web');
    },
    code: 70,
    says: 'deployment/web timed out after 25s: …',
    tells: ['Deployment web is paused'],
  },
];
