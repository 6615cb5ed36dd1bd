import type { Answers } from './answers.js';
import type { Facts } from './detect.js';
import { environmentIn, orderEnvironments } from './environments.js';
import type { Question } from './value.js';

/** Names of the environments, in the order of a delivery; with a question when they are but the usual ones. */
export function nameEnvironments(
  facts: Facts,
  answers: Answers,
): { readonly list: readonly string[]; readonly question: Question | undefined } {
  if (answers.environments !== undefined) return { list: answers.environments, question: undefined };
  const { manifests, charts, config } = facts;
  const inFiles = [
    ...manifests.overlays.map(({ environment }) => environment),
    ...manifests.workloads.flatMap(({ environment }) => environment ?? []),
    ...charts.flatMap(({ environments }) => environments.map(({ name }) => name)),
  ];
  const inContexts = (config?.contexts ?? [])
    .filter(({ job }) => /deploy|release|ship|rollout/i.test(job))
    .flatMap(({ job, names }) => environmentIn(job) ?? environmentIn(names.join(' ')) ?? []);
  for (const found of [inFiles, inContexts]) {
    const list = orderEnvironments(found.filter((name) => /^[a-z][a-z0-9_-]{0,39}$/.test(name)));
    if (list.length > 0) return { list, question: undefined };
  }
  const text = 'Environments, in the order of a delivery [staging,production]';
  return { list: ['staging', 'production'], question: { subject: 'environments', text } };
}
