import type { KubernetesClient } from './client.js';
import { type Metadata, nameOf, type Pod, type PodTemplate } from './objects.js';
import { isNewQuota } from './problem.js';
import { pods, type Resource } from './resources.js';

/** What the API server says of a Pod. */
export type PodVerdict =
  | { readonly kind: 'taken' }
  /** It could not be asked, or could not say yet. */
  | { readonly kind: 'unknown' }
  | PodRefusal;

interface PodRefusal {
  /**
   * `quota`: there is no room now. `rule`: a rule of the cluster itself, the same for whoever makes the Pod. `policy`: a
   * webhook or a policy, which may tell us apart from the controller that makes the Pod in the end.
   */
  readonly kind: 'quota' | 'rule' | 'policy';
  /** The words of the API server, without the name of the Pod. */
  readonly message: string;
}

/** What a Pod is made of. */
export interface PodPlan {
  readonly template: PodTemplate;
  /** What it belongs to: there are policies that refuse Pods that belong to nothing. */
  readonly owner: { readonly resource: Resource<unknown>; readonly metadata: Metadata };
  /** Names of the volumes that the controller adds. */
  readonly claims?: readonly string[];
}

/**
 * Has the API server check a Pod in a dry run: quotas, limit ranges, Pod Security, webhooks, policies, the service
 * account. Nothing is stored and no quota is used.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
 */
export async function tryPod(client: KubernetesClient, plan: PodPlan): Promise<PodVerdict> {
  const made = await client.create(pods, makePod(plan), { dryRun: true });
  if (made.ok) return { kind: 'taken' };
  if (made.error.kind !== 'refused' && made.error.kind !== 'invalid') return { kind: 'unknown' };
  const message = made.error.message.replace(BEFORE, '');
  if (isNewQuota(message)) return { kind: 'unknown' };
  if (/^exceeded quota/.test(message)) return { kind: 'quota', message };
  const isPolicy = made.error.kind === 'invalid' || /admission webhook|AdmissionPolicy/.test(message);
  return { kind: isPolicy ? 'policy' : 'rule', message };
}

/** What stands before the reason: who was asked for what, and the Pod's name, which it will never have. */
const BEFORE = /^the cluster would not create Pod in namespace "[^"]*": (?:pods? "[^"]*" is forbidden: )?/i;

/** Stands for the identity of an owner that is still to be made. */
const NO_UID = '00000000-0000-0000-0000-000000000000';

function makePod({ template, owner: { resource, metadata }, claims = [] }: PodPlan): Pod {
  const { labels = {}, annotations = {} } = template.metadata ?? {};
  const { group, version, kind } = resource;
  const owner = { apiVersion: `${group}/${version}`, kind, name: nameOf({ metadata }), uid: metadata.uid ?? NO_UID };
  const volumes = [
    ...(template.spec.volumes ?? []).filter((volume) => !claims.includes(volume.name)),
    ...claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: claim } })),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.name.slice(0, 40)}-`,
      labels,
      annotations,
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: { ...template.spec, ...(volumes.length === 0 ? {} : { volumes }) },
  };
}
