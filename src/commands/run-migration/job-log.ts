import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { followLog } from '../../kubernetes/follow-log.js';
import { nameOf, type Pod } from '../../kubernetes/objects.js';
import { pods } from '../../kubernetes/resources.js';
import type { Progress } from '../progress.js';

/** The log of a Job's container, passed on beside the watch. */
export interface JobLog {
  /** Begins with the log of a Pod, after those of the Pods before it. Call it as often as you like. */
  start(pod: Pod): void;
  /** Its container has ended: resolves when the log was read to its end. */
  finish(): Promise<void>;
  /** Leaves the log as it is. */
  stop(): Promise<void>;
}

/** @param container the name of the container */
export function startJobLog(client: KubernetesClient, io: Io, progress: Progress, container: string): JobLog {
  const over = new AbortController();
  const stop = new AbortController();
  const known = new Set<string>();
  let task: Promise<void> = Promise.resolve();
  const follow = async (pod: string) => {
    const end = await followLog(client, {
      pod,
      container,
      clock: io.clock,
      look: async () => {
        const now = await client.get(pods, pod);
        if (!now.ok) return now.error.kind === 'not-found' ? { isOver: true, restarts: 0 } : undefined;
        const status = now.value.status?.containerStatuses?.find((one) => one.name === container);
        return { isOver: status?.state?.terminated !== undefined, restarts: status?.restartCount ?? 0 };
      },
      onLines: progress.passLines,
      onNote: progress.say,
      over: over.signal,
      signal: AbortSignal.any([io.signal, stop.signal]),
    });
    if (!end.ok && !io.signal.aborted) progress.say(`the log may not be whole: ${end.error.message}`);
  };
  return {
    start: (pod) => {
      const name = nameOf(pod);
      if (known.has(name)) return;
      known.add(name);
      const isFirst = known.size === 1;
      task = task.then(() => {
        if (!isFirst) progress.say(`The log of Pod ${name}:`);
        return follow(name);
      });
    },
    finish: async () => {
      over.abort();
      await task;
    },
    stop: async () => {
      stop.abort();
      await task;
    },
  };
}
