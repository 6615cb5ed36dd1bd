import type { Io } from '../../io/io.js';
import { fitsArchitectures } from '../../kubernetes/architectures.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { pods } from '../../kubernetes/resources.js';
import { type PodPlan, type PodVerdict, tryPod } from '../../kubernetes/trial-pod.js';
import { unreachable } from '../../result.js';
import { type Findings, joinFindings, NOTHING } from './findings.js';
import { verifyReferences } from './verify-references.js';
import type { Rights } from './verify-rights.js';

/** Pods that are about to be made. */
export interface NewPods extends PodPlan {
  /** Who makes them: `deployment/web`. */
  readonly name: string;
  /** The plan of those that they replace. */
  readonly old?: PodPlan;
  /** Whether none of the old ones ends before the first new one is there. */
  readonly needsRoom: boolean;
  /** Of the image, where they are known: `os/architecture`. */
  readonly platforms?: readonly string[] | undefined;
}

/** Milliseconds in which a quota may be freed by Pods that are just ending, and between two looks at it. */
const ENDING = 15_000;
const PAUSE = 2000;

/** Whether the cluster would take such a Pod, whether what it refers to is there, and whether a node could run it. */
export async function verifyPods(client: KubernetesClient, io: Io, rights: Rights, made: NewPods): Promise<Findings> {
  const [tried, references] = await Promise.all([
    rights.has('create', pods) ? tryOut(client, io, made) : NOT_TRIED,
    verifyReferences(client, made.name, made.template.spec),
  ]);
  return joinFindings([checkPlatforms(made), tried, references]);
}

const POLICIES = 'quotas and policies';
const NOT_TRIED: Findings = { ...NOTHING, unverified: [POLICIES] };

function checkPlatforms({ name, template, platforms }: NewPods): Findings {
  if (platforms === undefined || fitsArchitectures(template.spec, platforms)) return NOTHING;
  const cause = `${name} may run on no node of the image's platforms, ${platforms.join(', ')}, by its node selector or affinity`;
  const next =
    'Add the platform to image.platforms of the spec and make a new commit, or correct the kubernetes.io/arch of the workload.';
  return { ...NOTHING, problems: [{ code: 1, cause, next }] };
}

async function tryOut(client: KubernetesClient, io: Io, made: NewPods): Promise<Findings> {
  const verdict = await tryInTime(client, io, made);
  const refused = (message: string, next: string): Findings => ({
    ...NOTHING,
    problems: [{ code: 1, cause: `${made.name}: no Pod can be made: ${message}`, next }],
  });
  switch (verdict.kind) {
    case 'taken':
      return { ...NOTHING, verified: [POLICIES] };
    case 'unknown':
      return NOTHING;
    case 'quota':
      if (made.needsRoom) return refused(verdict.message, 'Raise the quota, or free some of it.');
      return {
        ...NOTHING,
        warnings: [`${made.name}: ${verdict.message}; there may be room when another Pod has ended`],
      };
    case 'rule':
      return refused(verdict.message, 'Correct the Pod template, or the rule of the namespace.');
    case 'policy': {
      // A policy that refuses us the Pods that run, too, may be about us alone.
      const before = made.old === undefined ? undefined : await tryPod(client, made.old);
      if (before?.kind === 'taken')
        return refused(verdict.message, 'Correct the image or the Pod template, or the policy.');
      return {
        ...NOTHING,
        warnings: [
          `${made.name}: a Pod in a dry run was refused, perhaps because it is this user's: ${verdict.message}`,
        ],
      };
    }
    default:
      return unreachable(verdict);
  }
}

async function tryInTime(client: KubernetesClient, { clock, signal }: Io, made: NewPods): Promise<PodVerdict> {
  const deadline = clock.now() + ENDING;
  for (;;) {
    const verdict = await tryPod(client, made);
    if (verdict.kind !== 'quota' || !made.needsRoom || clock.now() >= deadline || signal.aborted) return verdict;
    await clock.sleep(PAUSE, signal);
  }
}
