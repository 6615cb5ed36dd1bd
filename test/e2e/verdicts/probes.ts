import type { Scene } from './scene.js';

const CONTAINER = 'container "web" of Pod {pod}';
const http = (path: string) => ({ httpGet: { path, port: 8080 }, periodSeconds: 1 });
const exec = (script: string, more: object = {}) => ({
  exec: { command: ['sh', '-c', script] },
  periodSeconds: 1,
  ...more,
});
/** Answers every request to /cgi-bin/ready with a status. */
const answer = (status: string) =>
  `mkdir -p /tmp/www/cgi-bin && cd /tmp/www && printf '#!/bin/sh\\nprintf "Status: ${status}\\\\r\\\\n\\\\r\\\\n"\\n' > cgi-bin/ready && chmod +x cgi-bin/ready && exec httpd -f -p 8080`;

/** Probes that fail, with their answers. */
export const probes: readonly Scene[] = [
  {
    name: 'probe: not ready, HTTP status 500',
    workload: { script: answer('500 No'), container: { readinessProbe: http('/cgi-bin/ready') } },
    flags: { grace: '20s' },
    code: 1,
    says: `deployment/web failed: ${CONTAINER}: Readiness probe failed: HTTP probe failed with statuscode: 500…`,
    tells: ['container web: running, not ready', 'last log lines of the container:', 'Warning Unhealthy'],
  },
  {
    name: 'probe: not ready, nobody listens',
    workload: { container: { readinessProbe: http('/ready') } },
    flags: { grace: '20s' },
    code: 1,
    says: `deployment/web failed: ${CONTAINER}: Readiness probe failed: Get "http://…:8080/ready": dial tcp …:8080: connect: connection refused…`,
  },
  {
    name: 'probe: not ready, the words of a command',
    workload: { container: { readinessProbe: exec('echo the cache is cold; exit 1') } },
    flags: { grace: '20s' },
    code: 1,
    says: `deployment/web failed: ${CONTAINER}: Readiness probe failed: the cache is cold…`,
  },
  {
    name: 'probe: not ready in time, and the grace is longer',
    workload: { container: { readinessProbe: exec('echo the cache is cold; exit 1') } },
    flags: { timeout: '45s' },
    code: 70,
    says: `deployment/web timed out after 45s: 1 of 1 replicas updated, 0 available…; ${CONTAINER}: Readiness probe failed: the cache is cold…`,
  },
  {
    name: 'probe: it never starts',
    workload: { container: { startupProbe: exec('echo still loading; exit 1', { failureThreshold: 3 }) } },
    code: 1,
    says: `deployment/web failed: ${CONTAINER} was killed for its startup probe (exit code 137), {count} times in a row: Startup probe failed: still loading`,
  },
  {
    name: 'probe: it is not alive',
    workload: { container: { livenessProbe: exec('echo deadlock; exit 1', { failureThreshold: 2 }) } },
    code: 1,
    says: `deployment/web failed: ${CONTAINER} was killed for its liveness probe (exit code 137), {count} times in a row: Liveness probe failed: deadlock`,
  },
  {
    name: 'probe: it is not alive, which is seen only after a while',
    workload: {
      container: {
        livenessProbe: exec('echo deadlock; exit 1', {
          initialDelaySeconds: 12,
          periodSeconds: 5,
          failureThreshold: 1,
        }),
      },
    },
    code: 1,
    says: `deployment/web failed: ${CONTAINER} was killed for its liveness probe (exit code 137), {count} times in a row: Liveness probe failed: deadlock`,
  },
  {
    name: 'probe: it is not alive, and takes its time to end',
    workload: {
      container: { livenessProbe: exec('echo deadlock; exit 1', { initialDelaySeconds: 6, failureThreshold: 1 }) },
      pod: { terminationGracePeriodSeconds: 15 },
    },
    code: 1,
    says: `deployment/web failed: ${CONTAINER} was killed for its liveness probe (exit code 137), {count} times in a row: Liveness probe failed: deadlock`,
    tells: [`${CONTAINER} is being ended for its liveness probe: Liveness probe failed: deadlock`],
  },
  {
    name: 'probe: no progress within progressDeadlineSeconds',
    workload: {
      container: { readinessProbe: exec('echo the cache is cold; exit 1') },
      spec: { progressDeadlineSeconds: 40 },
    },
    code: 1,
    says: `deployment/web failed: Deployment web made no progress within its progressDeadlineSeconds: ${CONTAINER}: Readiness probe failed: the cache is cold…`,
    tells: ['Warning Unhealthy'],
  },
  {
    name: 'probe: a readiness gate that nobody opens',
    workload: { pod: { readinessGates: [{ conditionType: 'shop.example/registered' }] } },
    flags: { grace: '15s' },
    code: 1,
    says: 'deployment/web failed: Pod {pod} is not ready, though its containers are: …"shop.example/registered"…',
  },
];
