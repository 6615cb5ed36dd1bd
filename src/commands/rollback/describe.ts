import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { formatWorkload } from '../../workload.js';
import { type DeploymentRecord, readRecord } from '../running/deployment-record.js';
import { describeRunning } from '../running/identify.js';
import { readPrevious, recordOf } from '../running/previous.js';
import type { State } from '../running/state.js';
import type { Step } from './plan.js';

/** What a workload runs and what it returns to, for a person: as far as records tell. */
export async function describeStep(client: KubernetesClient, step: Step): Promise<readonly string[]> {
  const { ref, from, to } = step.way;
  const name = formatWorkload(ref);
  if (from === to) return [`runs:       ${describeState(name, from, recordOf(from))}, and stays as it is`];
  return [
    `runs:       ${describeState(name, from, recordOf(from))}`,
    `returns to: ${describeState(name, to, await findRecord(client, step))}`,
  ];
}

/** The images of a state, with the commit where it is known. */
function describeState(workload: string, state: State, record: DeploymentRecord | undefined): string {
  const image = [...new Set(Object.values(state.images))].join(', ');
  const commit = record?.commit;
  if (record === undefined || commit === undefined) return `${workload}: ${image}, of which there is no record`;
  const running = { workload, image, digest: record.digest, record };
  return describeRunning(running, { commit, created: record.created, from: 'record' });
}

/** How it was deployed before: by what it ran last, or by a ReplicaSet that is still there; else what the image says. */
async function findRecord(client: KubernetesClient, { workload, way }: Step): Promise<DeploymentRecord | undefined> {
  const wanted = recordOf(way.to);
  const previous = readPrevious(workload.metadata);
  const known = previous === undefined ? undefined : recordOf(previous);
  if (wanted === undefined || known?.digest === wanted.digest) return known;
  const { revisions } = kinds[way.ref.kind];
  const labels = selectorOf(workload);
  const kept = revisions === undefined || labels === undefined ? undefined : await client.list(revisions, { labels });
  const records = kept?.ok === true ? kept.value.map(({ metadata }) => readRecord(metadata)) : [];
  const { commit, digest, created } = wanted;
  return (
    records.find((record) => record?.digest === digest) ?? {
      commit,
      digest,
      ...(created === undefined ? {} : { created }),
    }
  );
}
