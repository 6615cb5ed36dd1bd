import { setTimeout as sleep } from 'node:timers/promises';

const batch = 20;

/**
 * Confirms new orders until the signal is aborted; the batch under way is finished first. A failed turn is logged and
 * tried again: the database may come back.
 *
 * @param store needs `confirmNewOrders(limit)`
 * @param health its `turnAt` (milliseconds) and `ok` are kept up to date for the probes
 */
export async function confirmUntilStopped({ store, log, signal, health, pollMilliseconds, now = Date.now }) {
  while (!signal.aborted) {
    let confirmed = [];
    try {
      confirmed = await store.confirmNewOrders(batch);
      health.ok = true;
    } catch (error) {
      health.ok = false;
      log.error('could not look for new orders', { error });
    }
    health.turnAt = now();
    for (const orderId of confirmed) log.info('order confirmed', { orderId });
    // A full batch means that more may be waiting.
    if (confirmed.length < batch) await sleep(pollMilliseconds, undefined, { signal }).catch(() => {});
  }
}
