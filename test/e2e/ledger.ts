import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** A server that what runs in Pods writes to, and that lets them go on when a test wants it. */
export interface Ledger {
  /** A command of a shell that writes an entry. */
  write(entry: string): string;
  /** A command of a shell that lasts until the entry is released, and the URL that is answered then. */
  hold(entry: string): string;
  heldUrl(entry: string): string;
  release(entry: string): void;
  /** All that was written, in order. */
  readonly entries: readonly string[];
  count(entry: string): number;
}

/** @param host by which Pods reach this machine */
export async function makeLedger(t: Test, host: string): Promise<Ledger> {
  const entries: string[] = [];
  const held = new Map<string, ServerResponse[]>();
  const released = new Set<string>();
  const server = createServer(({ url = '' }, response) => {
    const entry = url.slice(url.lastIndexOf('/') + 1);
    if (!url.startsWith('/hold/')) entries.push(entry);
    else if (!released.has(entry)) return void held.set(entry, [...(held.get(entry) ?? []), response]);
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    write: (entry) => `wget -qO- ${url}/write/${entry}`,
    hold: (entry) => `wget -qO- ${url}/hold/${entry}`,
    heldUrl: (entry) => `${url}/hold/${entry}`,
    release: (entry) => {
      released.add(entry);
      for (const response of held.get(entry) ?? []) response.end();
    },
    entries,
    count: (entry) => entries.filter((one) => one === entry).length,
  };
}
