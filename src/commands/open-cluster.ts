import type { EksOptions } from '../aws/eks.js';
import type { Io } from '../io/io.js';
import type { Access } from '../kubernetes/access.js';
import { type KubernetesClient, openKubernetes } from '../kubernetes/client.js';
import { findAccess } from '../kubernetes/find-access.js';
import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';
import { toFailure } from './kubernetes-failure.js';

/** The options of `parameters.cluster`, and the role. */
export interface ClusterOptions {
  readonly namespace: string;
  readonly eks: string;
  readonly region: string;
  readonly kubeconfig: string;
  readonly role: string;
}

/** The namespace of the cluster that the options name: an EKS cluster by its name, any other by kubeconfig. */
export async function openCluster(options: ClusterOptions, io: Io): Promise<Result<KubernetesClient, Failure>> {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(options.namespace)) {
    return fail({ code: 2, cause: `--namespace is "${options.namespace}", which cannot be the name of a namespace` });
  }
  if (options.eks !== '' && options.kubeconfig !== '') {
    return fail({
      code: 2,
      cause: 'both --eks and --kubeconfig are given; which cluster is meant?',
      next: 'Give one of them.',
    });
  }
  if (options.eks !== '' && options.region === '') {
    return fail({ code: 2, cause: `--eks is "${options.eks}", but --region is not given` });
  }
  if (options.eks === '') {
    const access = await findAccess(options.kubeconfig, io);
    return access.ok ? ok(openKubernetes(access.value, options.namespace, io)) : fail(toFailure(access.error));
  }
  const access = await eksAccess({ name: options.eks, region: options.region, role: options.role }, io);
  return access.ok ? ok(openKubernetes(access.value, options.namespace, io)) : access;
}

/** The way to an EKS cluster. */
export async function eksAccess(options: EksOptions, io: Io): Promise<Result<Access, Failure>> {
  const { eksCluster } = await import('../aws/eks.js');
  const found = await eksCluster(options, io);
  if (!found.ok) return fail({ code: 1, ...found.error });
  const cluster = found.value;
  return ok({
    server: cluster.server.replace(/\/+$/, ''),
    tls: { ca: cluster.ca },
    credential: async (renew) => {
      const token = await cluster.token(renew);
      if (token.ok) return ok({ token: token.value });
      const { cause, next } = token.error;
      return fail({ kind: 'access', message: cause, ...(next === undefined ? {} : { next }) });
    },
  });
}
