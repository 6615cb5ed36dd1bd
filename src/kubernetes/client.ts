import type { HttpResponse, Io } from '../io/io.js';
import { isRecord, parseJson } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import type { Access } from './access.js';
import { exchange } from './exchange.js';
import type { KubernetesError } from './kubernetes-error.js';
import { readWatch, type WatchEvent } from './read-watch.js';
import { type ApiResource, pathOf, pods, type Resource, rootOf } from './resources.js';
import { shareCredential } from './share-credential.js';

type Answer<T> = Promise<Result<T, KubernetesError>>;

/** One namespace of a cluster. */
export interface KubernetesClient {
  readonly namespace: string;
  /** What an API has, by its `apiVersion`: `apps/v1`. */
  discover(apiVersion: string): Answer<readonly ApiResource[]>;
  get<T>(resource: Resource<T>, name: string, signal?: AbortSignal): Answer<T>;
  /** All objects that match, over as many pages as the server makes of them. */
  list<T>(resource: Resource<T>, selector?: Selector): Answer<readonly T[]>;
  /** All, and what is needed to keep them up to date by a watch. */
  snapshot<T>(resource: Resource<T>, request: SnapshotRequest<T>): Answer<Snapshot<T>>;
  /** Opens a watch, without a second try; its events are to be read to their end, or the signal aborted. */
  watch<T>(resource: Resource<T>, request: WatchRequest): Answer<AsyncIterable<WatchEvent<T>>>;
  /** A `conflict` can also mean that a first try, whose answer was cut off, made the object: look at what is there. */
  create<T>(resource: Resource<T>, object: T, options?: WriteOptions): Answer<T>;
  patch<T>(resource: Resource<T>, name: string, patch: Patch, options?: WriteOptions): Answer<T>;
  /** Success also when the object is gone already. */
  delete(resource: Resource<unknown>, name: string, options?: DeleteOptions): Answer<undefined>;
  /** Opens the log of a container; the body is to be read or discarded. */
  log(request: LogRequest): Answer<HttpResponse>;
}

export interface Selector {
  /** Label selector: `app=web,tier in (a,b)`. */
  readonly labels?: string;
  /** Field selector: `involvedObject.uid=...`. */
  readonly fields?: string;
}

export interface SnapshotRequest<T> {
  readonly selector: Selector;
  /** What is kept of each object, page by page: of thousands the rest would be a lot of memory. */
  readonly keep: (object: T) => T;
  readonly signal: AbortSignal;
}

export interface Snapshot<T> {
  readonly items: readonly T[];
  /** Where a watch goes on from here. */
  readonly resourceVersion: string;
}

/** Query of a watch. */
export interface WatchRequest {
  readonly selector: Selector;
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
}

export interface WriteOptions {
  /** Admission and validation say their word; nothing is stored. */
  readonly dryRun?: boolean;
}

export interface DeleteOptions {
  /** An object that took its name since is left alone. */
  readonly uid?: string | undefined;
  /** And so is one that has changed since: a `conflict`. */
  readonly resourceVersion?: string | undefined;
  /** Foreground: the object stays until all that it owns is gone. Default: Background. */
  readonly propagation?: 'Foreground';
}

export interface Patch {
  /** `apply` is a server-side apply: it makes the object where there is none. */
  readonly type: 'merge' | 'apply';
  readonly body: object;
  /** Of an apply: takes fields from those who own them, where it would be a conflict otherwise. */
  readonly force?: boolean;
}

/** Query of `GET .../pods/{name}/log`. */
export interface LogRequest {
  readonly pod: string;
  readonly container: string;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  /** RFC 3339; the kubelet gets it in whole seconds. */
  readonly sinceTime?: string;
  readonly signal?: AbortSignal;
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
/** Whose the fields are that this program writes. */
export const FIELD_MANAGER = 'build-once';
/** Objects of one answer: a page of Pods is a megabyte then, and its text and its objects are in memory together. */
const PAGE = 100;
const LARGEST = 64 * 1024 * 1024;
/** Milliseconds after which a silent log stream is opened anew, since the other side may be gone without a word. */
const SILENCE = 60_000;
/** The same for a watch, in which a bookmark comes every minute. */
const WATCH_SILENCE = 75_000;
/** The version of a watch that begins with an `ADDED` for each object, as old as the server has it at hand. */
export const ANY = '0';
/** Seconds after which the server ends a watch, so that it is opened with a credential that is valid. */
const WATCH_LENGTH = 300;

/**
 * Opens no connection yet: each request does.
 * @param options.retry whether what fails for a moment is tried again. Default: true
 */
export function openKubernetes(
  given: Access,
  namespace: string,
  io: Io,
  options: { readonly retry?: boolean } = {},
): KubernetesClient {
  const access = { ...given, credential: shareCredential(given.credential) };
  const notAnApi = () =>
    fail({
      kind: 'other',
      message: `${access.server} did not answer with an object of Kubernetes; is it a Kubernetes API server?`,
    } as const);
  const json = async <T>(request: {
    readonly verb: string;
    readonly method: string;
    readonly resource: Resource<unknown>;
    readonly name?: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: object;
    readonly type?: string;
    /** Whether something is stored. */
    readonly isWrite?: boolean;
    readonly signal?: AbortSignal | undefined;
  }): Answer<T> => {
    const { resource, name = '' } = request;
    const answer = await exchange(access, io, {
      asked: { verb: request.verb, kind: resource.kind, name, namespace },
      method: request.method,
      path: withQuery(pathOf(resource, namespace, request.method === 'POST' ? '' : name), request.query),
      headers: {
        accept: resource.metadataOnly === true ? METADATA : 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': request.type ?? 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      // A write that was broken off would leave us not knowing whether it was done, so a cancelled job still ends it.
      ...(request.isWrite === true ? { signal: new AbortController().signal } : {}),
      ...options,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      read: (response) => response.text(LARGEST),
    });
    if (!answer.ok) return answer;
    const value = parseJson(answer.value);
    return isRecord(value) && 'metadata' in value ? ok(value as T) : notAnApi();
  };
  /** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation */
  const applied = ({ force = false }: Patch) => ({ force: String(force), fieldValidation: 'Strict' });
  const written = (options: WriteOptions | undefined) => ({
    fieldManager: FIELD_MANAGER,
    ...(options?.dryRun === true ? { dryRun: 'All' } : {}),
  });

  const snapshot = async <T>(
    resource: Resource<T>,
    { selector, keep, signal }: Omit<SnapshotRequest<T>, 'signal'> & { readonly signal?: AbortSignal },
  ): Answer<Snapshot<T>> => {
    const items: T[] = [];
    let next = '';
    let expired = false;
    for (;;) {
      const page = await json<Page<T>>({
        verb: 'list',
        method: 'GET',
        resource,
        query: { limit: String(PAGE), ...queryOf(selector), ...(next === '' ? {} : { continue: next }) },
        signal,
      });
      if (!page.ok) {
        // The list of the first pages is forgotten by now (410): from the start, once.
        if (page.error.kind !== 'expired' || next === '' || expired) return page;
        expired = true;
        items.length = 0;
        next = '';
        continue;
      }
      if (page.value?.items === undefined) return notAnApi();
      for (const item of page.value.items ?? []) items.push(keep(item));
      const last = next;
      next = page.value.metadata?.continue ?? '';
      if (next !== '' && next === last) return notAnApi();
      if (next === '') return ok({ items, resourceVersion: page.value.metadata?.resourceVersion ?? '' });
    }
  };

  return {
    namespace,
    discover: async (apiVersion) => {
      const [version = '', group = ''] = apiVersion.split('/').reverse();
      const answer = await exchange(access, io, {
        asked: { verb: 'say what it has in', kind: 'API', name: apiVersion, namespace },
        method: 'GET',
        path: rootOf({ group, version }),
        headers: { accept: 'application/json' },
        read: (response) => response.text(LARGEST),
      });
      if (!answer.ok) return answer;
      const found = parseJson(answer.value);
      return isRecord(found) && Array.isArray(found['resources']) ? ok(found['resources']) : notAnApi();
    },
    get: (resource, name, signal) => json({ verb: 'get', method: 'GET', resource, name, signal }),
    list: async <T>(resource: Resource<T>, selector: Selector = {}) => {
      const all = await snapshot(resource, { selector, keep: (object) => object });
      return all.ok ? ok(all.value.items) : all;
    },
    snapshot,
    watch: <T>(resource: Resource<T>, { selector, resourceVersion, signal }: WatchRequest) => {
      const asked = { verb: 'watch', kind: resource.kind, name: '', namespace };
      return exchange(access, io, {
        asked,
        method: 'GET',
        path: withQuery(pathOf(resource, namespace), {
          watch: 'true',
          // To one that begins with all objects an API server whose etcd tells no progress promises none.
          ...(resourceVersion === ANY ? {} : { allowWatchBookmarks: 'true' }),
          timeoutSeconds: String(WATCH_LENGTH),
          ...queryOf(selector),
          resourceVersion,
        }),
        headers: { accept: 'application/json' },
        idleTimeout: WATCH_SILENCE,
        retry: false,
        signal,
        read: async (response) => readWatch<T>(response.body, asked),
      });
    },
    create: <T>(resource: Resource<T>, object: T, options?: WriteOptions) =>
      json<T>({
        verb: 'create',
        method: 'POST',
        resource,
        name: (object as { metadata?: { name?: string } }).metadata?.name ?? '',
        query: written(options),
        body: object as object,
        isWrite: options?.dryRun !== true && resource.isReview !== true,
      }),
    patch: (resource, name, patch, options) =>
      json({
        verb: 'patch',
        method: 'PATCH',
        resource,
        name,
        query: { ...written(options), ...(patch.type === 'apply' ? applied(patch) : {}) },
        body: patch.body,
        type: PATCH_TYPES[patch.type],
        isWrite: options?.dryRun !== true,
      }),
    delete: async (resource, name, options) => {
      const body = {
        propagationPolicy: options?.propagation ?? 'Background',
        preconditions: { uid: options?.uid, resourceVersion: options?.resourceVersion },
      };
      const answer = await json({ verb: 'delete', method: 'DELETE', resource, name, body, isWrite: true });
      return answer.ok || answer.error.kind === 'not-found' ? ok(undefined) : answer;
    },
    log: (request) =>
      exchange(access, io, {
        asked: { verb: 'read the log of', kind: 'Pod', name: request.pod, namespace },
        method: 'GET',
        path: withQuery(`${pathOf(pods, namespace, request.pod)}/log`, {
          container: request.container,
          ...(request.follow === true ? { follow: 'true' } : {}),
          ...(request.timestamps === true ? { timestamps: 'true' } : {}),
          ...(request.previous === true ? { previous: 'true' } : {}),
          ...(request.tailLines === undefined ? {} : { tailLines: String(request.tailLines) }),
          ...(request.sinceTime === undefined ? {} : { sinceTime: request.sinceTime }),
        }),
        idleTimeout: SILENCE,
        // The kubelet sends not even a header before the first line, and who follows a log opens it again anyway.
        ...(request.follow === true ? { timeout: SILENCE, retry: false } : {}),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
        read: async (response) => response,
      }),
  };
}

interface Page<T> {
  readonly items: readonly T[] | null;
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
}

function queryOf({ labels, fields }: Selector): Readonly<Record<string, string>> {
  return {
    ...(labels === undefined ? {} : { labelSelector: labels }),
    ...(fields === undefined ? {} : { fieldSelector: fields }),
  };
}

function withQuery(path: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}
