import type { Rule } from '../../../src/kubernetes/rule.js';
import type { WorkloadKindName } from '../../../src/workload.js';

/** A failure, or what looks like one, played on a real cluster, and the verdict that is right. */
export interface Scene {
  readonly name: string;
  /** Objects beside the workload. Those of the cluster are deleted in the end; the others go with the namespace. */
  readonly objects?: (namespace: string) => readonly Manifest[];
  /** Labels of the namespace. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What the user may do in place of the Role that `gen-config companions` writes. */
  readonly rules?: readonly Rule[];

  /** Parts of the workload "web", which runs an old version. Null: there is none. */
  readonly workload?: Workload | null;
  /** Whether the old version is available before anything else happens. */
  readonly settled?: boolean;
  /** What happens before the command is run. */
  readonly before?: (stage: Stage) => Promise<unknown>;

  /** `deploy`, or the script of a migration. */
  readonly migrate?: string;
  /** What is deployed: another digest, or an image of another repository or registry. Default: the new version. */
  readonly image?: (images: Images) => string;
  /** Flags that differ from those of every scene. */
  readonly flags?: Readonly<Record<string, string>>;
  /** What happens while the command waits. */
  readonly meanwhile?: (stage: Stage) => Promise<unknown>;

  /** Exit code. */
  readonly code: 0 | 1 | 70 | 75;
  /**
   * The line that tells how it ended: the first of a failure, the last of a success. Between texts that have to be there
   * word for word, `…` is anything, `{count}` a number, `{pod}` the name of a Pod of the workload or the Job, `{ns}`, `{image}` and
   * `{digest}` those of the scene.
   */
  readonly says: string;
  /** Texts that have to be below or above it, with the same placeholders. */
  readonly tells?: readonly string[];
}

export interface Workload {
  /** Default: a Deployment. */
  readonly kind?: WorkloadKindName;
  readonly replicas?: number;
  /** What the new version does once it runs, as a shell script, before it serves for ever. The old one serves at once. */
  readonly script?: string;
  /** Parts of the container. */
  readonly container?: object;
  /** Parts of the Pod. */
  readonly pod?: object;
  /** Parts of the workload's `spec`. */
  readonly spec?: object;
}

/** An object as a manifest has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly [key: string]: unknown;
}

/** Full references. */
export interface Images {
  readonly old: string;
  readonly new: string;
  /** A digest that the registry does not have. */
  readonly absent: string;
  /** For other platforms than any node's. */
  readonly foreign: string;
  /** The new version behind a registry that answers in its own way: see gate.ts. */
  readonly behind: (way: Way) => string;
}

/** How a registry answers: 401, 403, always 500, 503 until it is healed, late. */
export type Way = 'unauthorized' | 'forbidden' | 'broken' | 'flaky' | 'slow';

/** What a scene can do on its way. */
export interface Stage {
  readonly namespace: string;
  readonly images: Images;
  /** Runs kubectl in the namespace, as the administrator. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(object: Manifest): Promise<unknown>;
  /** Ends the trouble of a flaky registry. */
  heal(): Promise<unknown>;
  /** Until the command has printed this. */
  said(text: string | RegExp): Promise<void>;
  /** Until a list of texts, as `kubectl get` prints it with this jsonpath, fits. */
  seen(what: string, jsonpath: string, pattern: RegExp): Promise<string>;
}
