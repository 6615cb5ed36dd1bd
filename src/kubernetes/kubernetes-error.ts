import { formatRule, type Rule } from './rule.js';

/** Why a request to a Kubernetes API server did not give what was asked for. `message` is one sentence for a person. */
export type KubernetesError =
  /** No whole answer came, also after several tries. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The server does not know who asks (401), also with a renewed token. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** RBAC: the rule that no Role of the user has. */
  | { readonly kind: 'forbidden'; readonly message: string; readonly user: string; readonly rule: Rule }
  /** Refused by admission: a quota, a policy, a webhook, a namespace that is being deleted. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'not-found'; readonly message: string }
  /** The object exists already, or was changed by another in between. */
  | { readonly kind: 'conflict'; readonly message: string }
  /** A list whose next page is not to be had any more (410); it has to be read anew. */
  | { readonly kind: 'expired'; readonly message: string }
  /** The object breaks the API's rules (400, 422). */
  | { readonly kind: 'invalid'; readonly message: string }
  /** The way to the cluster (kubeconfig, service account, credential plugin) cannot be used as it is. */
  | { readonly kind: 'access'; readonly message: string; readonly next?: string }
  | { readonly kind: 'other'; readonly message: string };

/** What was asked for, as messages name it. */
export interface Asked {
  readonly verb: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/**
 * Reads the answer to a failed request: a `Status` object (Kubernetes API conventions, "Response Status Kind"), or
 * whatever a proxy in between says.
 */
export function readError(status: number, body: string, asked: Asked): KubernetesError {
  const said = readMessage(body) ?? `HTTP status ${status}`;
  const what = `${asked.kind}${asked.name === '' ? '' : ` "${asked.name}"`} in namespace "${asked.namespace}"`;
  const full = `the cluster would not ${asked.verb} ${what}: ${said}`;
  switch (status) {
    case 400:
    case 422:
      return { kind: 'invalid', message: full };
    case 401:
      return { kind: 'unauthorized', message: `the cluster does not accept the credentials: ${said}` };
    case 403:
      return readForbidden(said) ?? { kind: 'refused', message: full };
    case 404:
      if (asked.name === '') return { kind: 'not-found', message: full };
      // Another sentence is not about the object: a kubelet that was just started does not know its Pods yet.
      return said.includes('not found')
        ? { kind: 'not-found', message: `there is no ${what}` }
        : { kind: 'other', message: full };
    case 409:
      return { kind: 'conflict', message: full };
    case 410:
      return { kind: 'expired', message: full };
    default:
      return { kind: 'other', message: full };
  }
}

function readMessage(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message);
  } catch {
    // A proxy's page, not the API server's JSON.
  }
  const line = body.trim().split('\n')[0] ?? '';
  return line === '' ? undefined : line.slice(0, 300);
}

const RBAC = /User "([^"]*)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;

function readForbidden(said: string): KubernetesError | undefined {
  const match = RBAC.exec(said);
  if (match === null) return undefined;
  const [, user = '', verb = '', resource = '', group = '', namespace] = match;
  const rule: Rule = { apiGroups: [group], resources: [resource], verbs: [verb] };
  const full = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? '' : ` in namespace "${namespace}"`;
  return {
    kind: 'forbidden',
    message: `user "${user}" may not ${verb} ${full}${where}: no Role bound to it has the rule ${formatRule(rule)}`,
    user,
    rule,
  };
}
