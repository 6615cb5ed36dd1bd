import { backoff } from '../io/backoff.js';
import { type Clock, HttpError } from '../io/io.js';
import { unreachable } from '../result.js';
import type { KubernetesClient, Selector } from './client.js';
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

/** Milliseconds between two readings where the user may not watch. */
const PERIOD = 2000;
/** Milliseconds before a failed request is made again: at first, and at most. */
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5000;
/** Milliseconds. After a watch that was shorter there is a pause: something on the way may cut off every one. */
const SHORT = 1000;

/**
 * Reads the objects, then watches them. A watch that ends, is cut or stays silent is taken up from the last version that
 * was seen; where the cluster has forgotten that version (410), the objects are read anew. While the API server cannot be
 * used it is asked again and again. A user who may not watch has the objects read every few seconds.
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
      // A watch cannot begin at the object's own version, which may be days old.
      version = '';
    } else {
      const found = await client.snapshot(resource, { selector: which, keep, signal });
      if (!found.ok) return found.error;
      objects = new Map(found.value.items.map((item) => [nameOf(item), item]));
      version = found.value.resourceVersion;
    }
    changed(undefined);
    return undefined;
  };

  const take = (event: WatchEvent<T>): void => {
    switch (event.type) {
      case 'ERROR':
        if (event.error.kind === 'expired') version = undefined;
        return;
      case 'ADDED':
      case 'MODIFIED':
        objects?.set(nameOf(event.object), keep(event.object));
        break;
      case 'DELETED':
        objects?.delete(nameOf(event.object));
        break;
      case 'BOOKMARK':
        break;
      default:
        unreachable(event);
    }
    // Whether the one object is gone for good or another has its name now, is read.
    const isGone = 'name' in which && event.type === 'DELETED';
    version = isGone ? undefined : (event.object.metadata.resourceVersion ?? version);
    if (event.type !== 'BOOKMARK') changed(undefined);
  };

  const watch = async (resourceVersion: string): Promise<KubernetesError | undefined> => {
    const selector = 'name' in which ? { fields: `metadata.name=${which.name}` } : which;
    const opened = await client.watch(resource, { selector, resourceVersion, signal });
    if (!opened.ok) return opened.error;
    if (trouble !== undefined) changed(undefined);
    const start = clock.now();
    try {
      for await (const event of opened.value) {
        take(event);
        if (version === undefined) break;
      }
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
    }
    if (clock.now() - start >= SHORT) failures = 0;
    else await pause();
    return undefined;
  };

  /** Goes one step on; false where there is none. */
  const step = async (): Promise<boolean> => {
    if (version !== undefined && !mayWatch) {
      await clock.sleep(PERIOD, signal);
      version = undefined;
    }
    const isWatch = version !== undefined;
    const error = version === undefined ? await read() : await watch(version);
    if (error === undefined) return true;
    if (isWatch && (error.kind === 'forbidden' || error.kind === 'refused')) {
      mayWatch = false;
      return true;
    }
    if (error.kind === 'expired') version = undefined;
    const isFinal = !['expired', 'unreachable', 'other'].includes(error.kind);
    changed({ error, isFinal });
    if (!isFinal) await pause();
    return !isFinal;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted && (await step()));
  };
  void run();
  return { objects: () => objects, trouble: () => trouble, stop: () => stop.abort() };
}
