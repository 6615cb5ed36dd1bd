import { nameOf, type Pod } from '../objects.js';
import type { Problem } from '../problem.js';

/** Pods that go over a limit of their own before the next one is believed to do the same. */
const ENOUGH = 3;

/**
 * Pods of the template that their nodes put out: evicted, preempted, refused. Others take their place, so all may be
 * well; only what goes over its own limit again and again does not heal.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
export function putOutProblems(pods: readonly Pod[]): readonly Problem[] {
  const out = pods.filter(({ status }) => status?.phase === 'Failed');
  const greedy = out.filter(({ status }) => /exceed/i.test(status?.message ?? ''));
  const last = (greedy.length > 0 ? greedy : out).at(-1);
  if (last === undefined) return [];
  const { reason = 'Failed', message = '' } = last.status ?? {};
  const others = out.length === 1 ? ' was' : ` and ${out.length - 1} before it were`;
  return [
    {
      reason,
      cause: `Pod ${nameOf(last)}${others} put out by the node (${reason}): ${message.trim()}`,
      grace: greedy.length >= ENOUGH ? 0 : Infinity,
    },
  ];
}
