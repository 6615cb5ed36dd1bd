import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Access } from './access.js';
import type { KubernetesError } from './kubernetes-error.js';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether the environment is that of a Pod. */
export function isInCluster(env: Io['env']): boolean {
  return (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
}

/**
 * The service account of the Pod that this runs in. Its token is read before every request: the kubelet renews the file.
 * @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function serviceAccountAccess(io: Io): Promise<Result<Access, KubernetesError>> {
  const host = io.env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = io.env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const ca = await io.files.read(`${FOLDER}/ca.crt`);
  return ok({
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: ca === undefined ? {} : { ca },
    credential: async () => {
      const token = (await io.files.read(`${FOLDER}/token`))?.trim() ?? '';
      return token === ''
        ? fail({ kind: 'access', message: `this runs in a Pod, but its service account has no token in ${FOLDER}` })
        : ok({ token });
    },
  });
}
