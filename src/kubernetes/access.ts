import type { Tls } from '../io/io.js';
import type { Result } from '../result.js';
import type { KubernetesError } from './kubernetes-error.js';

/** How a cluster is reached. A kubeconfig, a service account or a cloud's API each make one. */
export interface Access {
  /** URL of the API server, without a slash at its end. */
  readonly server: string;
  readonly tls: Tls;
  /**
   * What goes with a request; asked for before every one, so that a token can be renewed in between.
   * @param renew the server did not accept the last one: anything remembered is to be dropped
   */
  credential(renew: boolean): Promise<Result<Credential, KubernetesError>>;
}

export interface Credential {
  readonly token?: string;
  /** Client certificate and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
}
