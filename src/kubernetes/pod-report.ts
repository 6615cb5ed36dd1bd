import type { KubernetesClient } from './client.js';
import { describeEnd } from './container-end.js';
import { describeContainer } from './container-problem.js';
import { formatEvent, listEvents } from './list-events.js';
import { type ContainerStatus, nameOf, type Pod } from './objects.js';
import { statusesOf } from './pod-problems.js';

const LOG_LINES = 20;
const EVENTS = 8;

/**
 * What a person needs to understand why a container does not work: Pod, node, image, state, the last log lines of this
 * container and of the one before it, the Pod's events. What cannot be read is said, and never hides the rest.
 * @param container undefined: none has started, so the Pod alone is told of
 * @param withLog false where the log was shown already
 */
export async function reportPod(
  client: KubernetesClient,
  pod: Pod,
  container: string | undefined,
  withLog = true,
): Promise<readonly string[]> {
  const status = statusesOf(pod).find((one) => one.name === container);
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const image = all.find((one) => one.name === container)?.image;
  const lines = [
    `Pod ${nameOf(pod)} on ${pod.spec.nodeName === undefined ? 'no node yet' : `node ${pod.spec.nodeName}`}`,
    ...(container === undefined ? [] : [`${describeContainer(pod, container)} ${container}: ${describeState(status)}`]),
    ...(image === undefined ? [] : [`image ${image}`]),
  ];
  if (withLog && status !== undefined) lines.push(...(await tellLogs(client, pod, status)));
  const events = await listEvents(client, pod);
  if (!events.ok) return [...lines, `its events cannot be read: ${events.error.message}`];
  if (events.value.length === 0) return [...lines, 'it has no events'];
  return [...lines, 'events:', ...events.value.slice(-EVENTS).map((event) => `  ${formatEvent(event)}`)];
}

/** The logs of the container before, and of this one as far as it has started. */
async function tellLogs(client: KubernetesClient, pod: Pod, status: ContainerStatus): Promise<readonly string[]> {
  const { name, restartCount, state } = status;
  const hasRun = state?.terminated !== undefined && state.terminated.reason !== 'StartError';
  const before = restartCount > 0 ? await tail(client, pod, name, true) : [];
  const now = state?.running !== undefined || hasRun ? await tail(client, pod, name, false) : [];
  // A node keeps the last one that has ended: where its lines are told, those of the one before are not missed.
  return now.length > 1 && before[0]?.endsWith(GONE) ? now : [...before, ...now];
}

const GONE = 'is gone from the node';

/** The last lines of a container's log, with a heading. */
export async function tail(
  client: KubernetesClient,
  pod: Pod,
  container: string,
  previous: boolean,
): Promise<readonly string[]> {
  const which = previous ? 'the previous container' : 'the container';
  const answer = await client.log({ pod: nameOf(pod), container, previous, tailLines: LOG_LINES });
  if (!answer.ok) return [`the log of ${which} cannot be read: ${answer.error.message}`];
  const text = await answer.value.text().catch(() => '');
  const lines = text.split('\n').filter((line, at, all) => line !== '' || at < all.length - 1);
  // The kubelet answers 200 with these words when it has removed the container.
  if (/^unable to retrieve container logs/.test(text)) return [`the log of ${which} ${GONE}`];
  if (lines.length === 0) return [`${which} logged nothing`];
  return [`last log lines of ${which}:`, ...lines.map((line) => `  ${line}`)];
}

function describeState(status: ContainerStatus | undefined): string {
  if (status === undefined) return 'not created yet';
  const restarts = status.restartCount === 0 ? '' : `, ${status.restartCount} restarts`;
  const { waiting, running, terminated } = status.state ?? {};
  if (terminated !== undefined) return `${describeEnd(terminated)}${restarts}`;
  const last = status.lastState?.terminated;
  const before = last === undefined ? '' : `; the one before ${describeEnd(last)}`;
  if (waiting !== undefined) return `waiting (${waiting.reason ?? 'no reason'})${restarts}${before}`;
  if (running !== undefined) return `running, ${status.ready === true ? 'ready' : 'not ready'}${restarts}${before}`;
  return `unknown state${restarts}`;
}
