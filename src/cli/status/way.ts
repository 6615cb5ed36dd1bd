import type { EksOptions } from '../../aws/eks.js';
import type { Failure } from '../../commands/command.js';
import { parseRole } from '../../companions/arn.js';
import type { Environment } from '../../delivery/delivery.js';
import { quoteList } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import type { Context } from '../../kubernetes/kubeconfig.js';
import { fail, ok, type Result, unreachable } from '../../result.js';

/** How the cluster of an environment is reached. */
export type Way =
  | { readonly kind: 'context'; readonly context: Context }
  | { readonly kind: 'eks'; readonly options: EksOptions }
  /** An environment variable that holds a kubeconfig, or its path. */
  | { readonly kind: 'variable'; readonly name: string };

/** What there is to choose from. */
export interface Choice {
  /** The context that `--context` names for this environment. */
  readonly given: string | undefined;
  /** Those of the kubeconfig of this machine. */
  readonly contexts: readonly Context[];
  /** Whether this is a job of CircleCI, which may be who the spec says. A person never is. */
  readonly isJob: boolean;
}

/**
 * The way to the cluster of an environment: the context that was given; else in a job, as its deploy job goes; else a
 * context of this EKS cluster, or the AWS credentials that there are. The current context is never taken: nothing says
 * which environment it is of.
 */
export function chooseWay(environment: Environment, { given, contexts, isJob }: Choice): Result<Way, Failure> {
  const { name, role, target } = environment;
  const { access } = target;
  if (given !== undefined) return findContext(given, name, contexts);
  if (access.kind === 'kubeconfig') return ok({ kind: 'variable', name: access.variable });
  const cluster = { name: access.cluster, region: access.region };
  if (isJob) return ok({ kind: 'eks', options: { ...cluster, role: role ?? '' } });
  const account = role === undefined ? undefined : parseRole(role).account;
  const [first, ...others] = contexts.filter((context) => isOf(context, cluster, account));
  if (first === undefined) return ok({ kind: 'eks', options: { ...cluster, role: '', account } });
  const other = others.find((context) => context.cluster !== first.cluster);
  if (other === undefined) return ok({ kind: 'context', context: first });
  return fail({
    code: 1,
    cause: `the EKS cluster "${cluster.name}" in ${cluster.region} is there in several accounts: ${first.cluster}, ${other.cluster}`,
    next: `Say which one ${name} runs in: --context ${name}=${quoteList([first.name])}`,
  });
}

/** A way in words, which no two have in common. */
export function describeWay(way: Way): string {
  switch (way.kind) {
    case 'context':
      return `context "${way.context.name}" of ${way.context.kubeconfig.source}`;
    case 'variable':
      return `the kubeconfig in $${way.name}`;
    case 'eks': {
      const { name, region, role, account } = way.options;
      const where = `EKS cluster ${name} in ${region}${account === undefined ? '' : ` of account ${account}`}`;
      return `${where} ${role === '' ? 'with your AWS credentials' : `as ${role}`}`;
    }
    default:
      return unreachable(way);
  }
}

function findContext(wanted: string, environment: string, contexts: readonly Context[]): Result<Way, Failure> {
  const context = contexts.find(({ name }) => name === wanted);
  if (context !== undefined) return ok({ kind: 'context', context });
  const names = contexts.map(({ name }) => name);
  const near = suggest(wanted, names);
  const known = names.length === 0 ? NO_KUBECONFIG : `There are ${quoteList(names)}.`;
  return fail({
    code: 1,
    cause: `your kubeconfig has no context "${wanted}", which --context names for ${environment}`,
    next: near === undefined ? known : `Did you mean --context ${environment}=${near}?`,
  });
}

const NO_KUBECONFIG = 'There is none: neither ~/.kube/config nor a file that $KUBECONFIG names.';

/**
 * Whether a context is of an EKS cluster, as `aws eks update-kubeconfig` writes it: the name of its cluster is the ARN.
 * @see https://docs.aws.amazon.com/cli/latest/reference/eks/update-kubeconfig.html
 */
function isOf(
  context: Context,
  cluster: { readonly name: string; readonly region: string },
  account: string | undefined,
): boolean {
  const [, region, owner, name] = /^arn:aws[a-z-]*:eks:([^:]+):(\d{12}):cluster\/(.+)$/.exec(context.cluster) ?? [];
  return name === cluster.name && region === cluster.region && (account === undefined || owner === account);
}
