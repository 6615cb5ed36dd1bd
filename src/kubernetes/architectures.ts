import type { NodeSelectorTerm, PodSpec } from './objects.js';

const LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
/** What nodes of an architecture run beside images of their own. */
const COMPATIBLE: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/**
 * Whether a Pod of this spec may be placed on a node that an image of these platforms runs on, as far as labels of the
 * architecture say. What they do not say is open.
 * @param platforms `os/architecture[/variant]`
 */
export function fitsArchitectures(spec: PodSpec, platforms: readonly string[]): boolean {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const allows = (architecture: string) =>
    LABELS.every((label) => (spec.nodeSelector?.[label] ?? architecture) === architecture) &&
    (terms === undefined || terms.some((term) => matches(term, architecture)));
  const images = platforms.map((platform) => platform.split('/')[1] ?? '');
  const nodes = Object.entries(COMPATIBLE).filter(([, others]) => others.some((other) => images.includes(other)));
  return [...images, ...nodes.map(([node]) => node)].some(allows);
}

function matches({ matchExpressions = [] }: NodeSelectorTerm, architecture: string): boolean {
  return matchExpressions.every(({ key, operator, values = [] }) => {
    if (!LABELS.includes(key)) return true;
    if (operator === 'In') return values.includes(architecture);
    return operator !== 'NotIn' || !values.includes(architecture);
  });
}
