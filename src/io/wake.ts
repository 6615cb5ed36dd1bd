import type { Clock } from './io.js';

/** What a loop waits with until there is something new to look at. */
export interface Wake {
  /** There is something new. */
  call(): void;
  /** Resolves soon after there is, also if that was before; at latest after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

/** Milliseconds: what is new comes in flocks, and one look is enough for them. */
const FLOCK = 100;

/** @param signal calls, too */
export function makeWake(clock: Clock, signal: AbortSignal): Wake {
  let called = new AbortController();
  const call = () => {
    // Thousands of calls may come before the next wait, and an abort is not cheap, even a second one.
    if (!called.signal.aborted) called.abort();
  };
  signal.addEventListener('abort', call, { once: true });
  return {
    call,
    wait: async (milliseconds) => {
      await clock.sleep(milliseconds, called.signal);
      if (called.signal.aborted && !signal.aborted) await clock.sleep(FLOCK, signal);
      called = new AbortController();
    },
  };
}
