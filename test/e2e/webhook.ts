import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { apply, kubectl, probe } from './cluster.js';

const execute = promisify(execFile);

/** What a webhook says to a Pod that is about to be made: a refusal, or a JSON patch (RFC 6902). */
export type Answer = { readonly refuse: string } | { readonly patch: readonly object[] };

/**
 * A mutating admission webhook for the Pods of one namespace, when it is in force.
 * @param host by which the API server reaches this machine
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export async function podWebhook(t: Test, host: string, namespace: string, answer: Answer): Promise<void> {
  const { key, cert } = await makeCertificate(host);
  let isAsked = false;
  const server = createServer({ key, cert }, async (request, response) => {
    isAsked = true;
    let body = '';
    for await (const piece of request) body += piece;
    const { uid } = JSON.parse(body).request;
    const said =
      'refuse' in answer
        ? { allowed: false, status: { code: 403, message: answer.refuse } }
        : {
            allowed: true,
            patchType: 'JSONPatch',
            patch: Buffer.from(JSON.stringify(answer.patch)).toString('base64'),
          };
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, ...said } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(review));
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const name = `pods.${namespace}.example.com`;
  t.teardown(async () => {
    await kubectl(['delete', 'mutatingwebhookconfiguration', name]);
    server.closeAllConnections();
    server.close();
  });
  await apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: {
          url: `https://${host}:${(server.address() as AddressInfo).port}/`,
          caBundle: Buffer.from(cert).toString('base64'),
        },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  });
  // It takes the API server a while to know of it.
  while (!isAsked) {
    await kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(probe(namespace, {}))).catch(() => '');
    await setTimeout(200);
  }
}

async function makeCertificate(host: string): Promise<{ readonly key: string; readonly cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'webhook-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=IP:${host}`];
    const files = ['-keyout', key, '-out', cert];
    await execute('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
