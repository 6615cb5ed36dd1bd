import { backoff } from '../io/backoff.js';
import { type Clock, HttpError } from '../io/io.js';
import { ANY, type KubernetesClient, type Selector } from './client.js';
import type { KubernetesError } from './kubernetes-error.js';
import { type Metadata, nameOf } from './objects.js';
import type { WatchEvent } from './read-watch.js';
import type { Resource } from './resources.js';

/** Objects of the cluster, kept as they are there. */
export interface Mirror<T> {
  /** By name, as they were last seen; undefined until they have been seen at all. */
  objects(): ReadonlyMap<string, T> | undefined;
  /** Why they may be older than those of the cluster; undefined while they are kept up to date. */
  trouble(): Trouble | undefined;
  /** Ends the requests; nothing changes after it. */
  stop(): void;
}

export interface Trouble {
  readonly error: KubernetesError;
  /** Nobody asks again, since it would not help. */
  readonly isFinal: boolean;
}

export interface Mirrored<T> {
  readonly resource: Resource<T>;
  /** Those that match; or the one of that name, which takes no right to list. */
  readonly which: Selector | { readonly name: string };
  /** What is kept of each object. Default: all of it. */
  readonly keep?: (object: T) => T;
  readonly clock: Clock;
  /** Called after each change of the objects or of the trouble. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

/** Milliseconds between two readings where there is no watch. */
const PERIOD = 2000;
/** Watches in a row that fail, while the objects can be read: something on the way does not let them through. */
const REFUSALS = 3;
/** Milliseconds before the next request after a failed one: at first, and at most. */
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5000;
/** Milliseconds. Before another watch after one that was shorter there is a pause, too. */
const SHORT = 1000;

/**
 * Reads the objects, then watches them. A watch that ends, is cut or stays silent is taken up from the last version that
 * was seen. One that fails, as when the cluster has forgotten that version (410), has the objects read anew; while they
 * cannot be, the API server is asked again and again. Who may not watch has the objects read every few seconds.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function openMirror<T extends { readonly metadata: Metadata }>(
  client: KubernetesClient,
  mirrored: Mirrored<T>,
): Mirror<T> {
  const { resource, which, clock, keep = (object: T) => object } = mirrored;
  const stop = new AbortController();
  const signal = AbortSignal.any([mirrored.signal, stop.signal]);
  let objects: Map<string, T> | undefined;
  let trouble: Trouble | undefined;
  /** Where a watch goes on; undefined: the objects are to be read first. */
  let version: string | undefined;
  let mayWatch = true;
  let hasWatched = false;
  let refusals = 0;
  let failures = 0;

  const changed = (now: Trouble | undefined) => {
    trouble = now;
    if (!signal.aborted) mirrored.onChange();
  };
  const pause = () => clock.sleep(backoff(++failures, FIRST_PAUSE, LONGEST_PAUSE), signal);

  const read = async (): Promise<KubernetesError | undefined> => {
    if ('name' in which) {
      const found = await client.get(resource, which.name, signal);
      if (!found.ok) return found.error;
      objects = new Map([[which.name, keep(found.value)]]);
      // The object's own version may be days old, and forgotten.
      version = ANY;
    } else {
      const found = await client.snapshot(resource, { selector: which, keep, signal });
      if (!found.ok) return found.error;
      objects = new Map(found.value.items.map((item) => [nameOf(item), item]));
      version = found.value.resourceVersion;
    }
    changed(undefined);
    return undefined;
  };

  const take = (event: Exclude<WatchEvent<T>, { type: 'ERROR' }>): void => {
    const { type, object } = event;
    if (type === 'ADDED' || type === 'MODIFIED') objects?.set(nameOf(object), keep(object));
    if (type === 'DELETED') objects?.delete(nameOf(object));
    // Whether the one object is gone for good or another has its name now, is read.
    const isGone = 'name' in which && type === 'DELETED';
    version = isGone ? undefined : (object.metadata.resourceVersion ?? version);
    if (type !== 'BOOKMARK') changed(undefined);
  };

  /** @returns why there was none */
  const watch = async (resourceVersion: string): Promise<KubernetesError | undefined> => {
    const selector = 'name' in which ? { fields: `metadata.name=${which.name}` } : which;
    const opened = await client.watch(resource, { selector, resourceVersion, signal });
    if (!opened.ok) return opened.error;
    const start = clock.now();
    let isWatch = false;
    try {
      for await (const event of opened.value) {
        if (event.type === 'ERROR') return event.error;
        isWatch = true;
        hasWatched = true;
        refusals = 0;
        take(event);
        if (version === undefined) break;
      }
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
    }
    if (clock.now() - start >= SHORT) failures = 0;
    else if (isWatch) await pause();
    else return { kind: 'unreachable', message: `the cluster ends a watch of ${resource.kind}s as soon as it is open` };
    return undefined;
  };

  /** Goes one step on; false where there is none. */
  const step = async (): Promise<boolean> => {
    if (version === undefined) {
      const error = await read();
      if (error === undefined) return true;
      const isFinal = !['expired', 'unreachable', 'other'].includes(error.kind);
      changed({ error, isFinal });
      if (!isFinal) await pause();
      return !isFinal;
    }
    if (!mayWatch) {
      await clock.sleep(PERIOD, signal);
      version = undefined;
      return true;
    }
    const error = await watch(version);
    if (error === undefined) {
      refusals = 0;
      return true;
    }
    version = undefined;
    refusals++;
    // An API server that was just started may not know the Roles yet by which there was a watch before.
    const isForbidden = !hasWatched && (error.kind === 'forbidden' || error.kind === 'refused');
    if (isForbidden || refusals >= REFUSALS) mayWatch = false;
    else if (error.kind !== 'expired') changed({ error, isFinal: false });
    await pause();
    return true;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted && (await step()));
  };
  void run();
  return { objects: () => objects, trouble: () => trouble, stop: () => stop.abort() };
}
