import { Problem } from './problem.js';

/**
 * The probes of the worker.
 *
 * @param health `{ turnAt, ok }`, see confirm-loop.js
 * @param patienceMilliseconds how old the last turn may be before the loop counts as stuck
 */
export function workerRoutes({ health, patienceMilliseconds, now = Date.now }) {
  return [
    {
      // A turn that failed is a turn: a restart would not bring a lost database back.
      method: 'GET',
      path: '/healthz',
      quiet: true,
      handle: () => {
        const age = now() - health.turnAt;
        if (age <= patienceMilliseconds) return { body: { status: 'ok', lastTurnMilliseconds: age } };
        throw new Problem(503, 'stuck', `The last look for new orders was ${age} ms ago.`);
      },
    },
    {
      method: 'GET',
      path: '/readyz',
      quiet: true,
      handle: () => {
        if (health.ok) return { body: { status: 'ready' } };
        throw new Problem(503, 'not_working', 'The last look for new orders failed, or there was none yet.');
      },
    },
  ];
}
