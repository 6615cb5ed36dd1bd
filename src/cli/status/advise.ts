import type { Failure } from '../../commands/command.js';
import type { Environment } from '../../delivery/delivery.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { unreachable } from '../../result.js';
import type { Way } from './way.js';

/** What to do about a way to a cluster that cannot be opened. */
export function adviseWay(failure: Failure, way: Way, environment: string, isJob: boolean): Failure {
  switch (way.kind) {
    case 'context':
      return failure;
    case 'variable': {
      const next = isJob
        ? `Give this job the context that sets $${way.name}.`
        : `Set $${way.name} to a kubeconfig or its path, or name a context of yours: --context ${environment}=NAME`;
      return { ...failure, next };
    }
    case 'eks': {
      if (isJob) return failure;
      const { name, region } = way.options;
      const next = `Log in to AWS in the account of the cluster, as with AWS_PROFILE. Or make a context of it, which is found by itself: aws eks update-kubeconfig --name ${name} --region ${region}`;
      return { ...failure, next };
    }
    default:
      return unreachable(way);
  }
}

/** What a person at a terminal does about what a cluster refuses. */
export function adviseError(failure: Failure, error: KubernetesError, way: Way, environment: Environment): Failure {
  const { name, target } = environment;
  switch (error.kind) {
    case 'unreachable':
      return { ...failure, next: 'Check that this machine reaches the API server: a private one may need a VPN.' };
    case 'unauthorized':
      return { ...failure, next: adviseLogin(way, name) };
    case 'forbidden':
      return {
        ...failure,
        next: `Ask for the ClusterRole "view" in namespace "${target.namespace}", or for these rules.`,
      };
    default:
      return failure;
  }
}

function adviseLogin(way: Way, environment: string): string {
  switch (way.kind) {
    case 'context':
      return `Log in again, as for kubectl with that context; or name another one: --context ${environment}=NAME`;
    case 'variable':
      return `Renew the kubeconfig in $${way.name}, or name a context of your own: --context ${environment}=NAME`;
    case 'eks':
      return 'Log in to AWS again; and who you are there needs an access entry in the cluster.';
    default:
      return unreachable(way);
  }
}
