import type { Io } from '../../io/io.js';
import { makeWake } from '../../io/wake.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { type Mirror, openMirror } from '../../kubernetes/mirror.js';
import type { Job, Pod } from '../../kubernetes/objects.js';
import { pods } from '../../kubernetes/resources.js';
import { labelsOfPods } from './job-pods.js';

/** Tells when a look at a Job may show something new. */
export interface JobNews {
  /** Whether to look now; then the next look is for what comes after it. */
  isDue(): boolean;
  /**
   * Whether a container runs, so that all that can become of the Job shows in its Pod first. Its Pods are watched from the
   * first time on; else a look is due each second, for what is judged by how long it lasts.
   */
  expect(isRunning: boolean): void;
  /** Resolves after a second, or soon after there is something new. */
  wait(): Promise<void>;
  /** Ends the watch. */
  stop(): void;
}

/** Milliseconds between two looks where nothing is watched, and where nothing happens in a watch. */
const PERIOD = 1000;
const LONGEST = 30_000;

export function followNews(client: KubernetesClient, io: Io, job: Job): JobNews {
  const wake = makeWake(io.clock, io.signal);
  const stop = new AbortController();
  let mirror: Mirror<Pod> | undefined;
  let isQuiet = false;
  let isNew = true;
  let last = 0;
  const open = () =>
    openMirror(client, {
      resource: pods,
      which: { labels: labelsOfPods(job) },
      clock: io.clock,
      onChange: () => {
        isNew = true;
        wake.call();
      },
      signal: AbortSignal.any([io.signal, stop.signal]),
    });
  return {
    isDue: () => {
      const isBlind = mirror?.objects() === undefined || mirror.trouble() !== undefined;
      const now = io.clock.now();
      if (!isNew && isQuiet && !isBlind && now - last < LONGEST) return false;
      isNew = false;
      last = now;
      return true;
    },
    expect: (isRunning) => {
      isQuiet = isRunning;
      if (isRunning) mirror ??= open();
    },
    wait: () => wake.wait(PERIOD),
    stop: () => stop.abort(),
  };
}
