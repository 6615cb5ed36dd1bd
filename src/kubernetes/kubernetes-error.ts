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
  /**
   * The object exists already, or was changed by another in between. With `fields`, others have written these fields and
   * would lose what they wrote.
   */
  | { readonly kind: 'conflict'; readonly message: string; readonly fields?: readonly ConflictingField[] }
  /** A list whose next page is not to be had any more (410); it has to be read anew. */
  | { readonly kind: 'expired'; readonly message: string }
  /** The object breaks the API's rules (400, 422). */
  | { readonly kind: 'invalid'; readonly message: string }
  /** The way to the cluster (kubeconfig, service account, credential plugin) cannot be used as it is. */
  | { readonly kind: 'access'; readonly message: string; readonly next?: string }
  | { readonly kind: 'other'; readonly message: string };

/** A field that an apply would take from the manager that owns it. */
export interface ConflictingField {
  /** `.spec.template.spec.containers[name="web"].image` */
  readonly path: string;
  /** `kubectl-edit` */
  readonly manager: string;
  /** That the manager wrote by, such as `scale`. */
  readonly subresource?: string;
}

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
  const answer = parseStatus(body);
  const whole = shorten(answer) ?? firstLine(body) ?? `HTTP status ${status}`;
  // The server quotes a value that it does not take.
  const said = asked.kind === 'Secret' ? whole.replace(/(, got|: Invalid value:).*/s, '$1 (not shown)') : whole;
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
      if (NO_NAMESPACE.test(said)) return { kind: 'not-found', message: `there is no namespace "${asked.namespace}"` };
      if (asked.name === '') return { kind: 'not-found', message: full };
      // Another sentence is not about the object: a kubelet that was just started does not know its Pods yet.
      return said.includes('not found')
        ? { kind: 'not-found', message: `there is no ${what}` }
        : { kind: 'other', message: full };
    case 409: {
      const fields = readConflicts(answer.details?.causes);
      return { kind: 'conflict', message: full, ...(fields.length === 0 ? {} : { fields }) };
    }
    case 410:
      return { kind: 'expired', message: full };
    default:
      return { kind: MALFORMED.test(said) ? 'invalid' : 'other', message: full };
  }
}

/** What an apply says of a field that the kind does not have, or of its value: the object's fault, under the code 500. */
const MALFORMED = /^failed to (?:create typed patch object|convert new object)/;

/** What a write into a namespace that is not there says. */
const NO_NAMESPACE = /^namespaces "[^"]*" not found$/;

/** The parts of a `Status` that are read; all absent in what is none. */
interface Status {
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

function parseStatus(body: string): Status {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Status) : {};
  } catch {
    // A proxy's page, not the API server's JSON.
    return {};
  }
}

/** Characters of a value that somebody reads; a field that may not change is quoted whole, such as a Pod template. */
const READ = 200;

/** What the server says, without the long values in it. */
function shorten({ message, details }: Status): string | undefined {
  const causes = (details?.causes ?? []).flatMap((cause) => cause.message ?? []);
  return causes.reduce((text, cause) => {
    const [, before = '', value = '', after = ''] = /^(Invalid value: )(.*)(: .*)$/s.exec(cause) ?? [];
    return text?.replace(cause, () => (value.length > READ ? `${before}(not shown)${after}` : cause));
  }, message);
}

function firstLine(body: string): string | undefined {
  const line = body.trim().split('\n')[0] ?? '';
  return line === '' ? undefined : line.slice(0, 300);
}

/** @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts */
const CONFLICT = /^conflict with "([^"]*)"(?: with subresource "([^"]*)")?/;

function readConflicts(causes: NonNullable<Status['details']>['causes'] = []): readonly ConflictingField[] {
  return causes.flatMap(({ reason, message = '', field = '' }) => {
    if (reason !== 'FieldManagerConflict') return [];
    const [, manager = 'unknown', subresource] = CONFLICT.exec(message) ?? [];
    return [{ path: field, manager, ...(subresource === undefined ? {} : { subresource }) }];
  });
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
