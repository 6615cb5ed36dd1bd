import type { Mapping } from '../../../yaml/mapping.js';
import type { Path } from '../../../yaml/parse.js';

/**
 * A config as it is written, for rules about what stands in the text, used or not. What it compiles to is the `Model`.
 */
export interface Written {
  /** The config or orb itself, then the inline orbs in it. */
  readonly documents: readonly Document[];
  readonly definitions: readonly WrittenDefinition[];
  readonly steps: readonly WrittenStep[];
  /** Entries of workflows and of job groups. */
  readonly invocations: readonly WrittenInvocation[];
  readonly workflows: readonly WrittenWorkflow[];
  /** Every text in a section that CircleCI reads. */
  readonly texts: readonly WrittenText[];
}

/** A namespace: the config, or an orb. */
export interface Document {
  /** Empty for the config itself. */
  readonly path: Path;
  readonly value: Mapping;
  /** The alias of an inline orb. */
  readonly alias: string | undefined;
}

export interface WrittenDefinition {
  readonly kind: 'commands' | 'jobs' | 'executors' | 'job-groups';
  readonly name: string;
  readonly path: Path;
  /** An empty mapping where it is no mapping. */
  readonly value: Mapping;
  readonly document: Document;
}

export interface WrittenWorkflow {
  readonly name: string;
  readonly path: Path;
  readonly value: Mapping;
}

export interface WrittenInvocation {
  /** The job, as it is referred to: `build`, `node/test`. */
  readonly reference: string;
  /** The entry of the list. */
  readonly path: Path;
  /** The same, and the key where there is one: the mapping of `body`. */
  readonly bodyPath: Path;
  readonly body: Mapping;
  /** The workflow or the job group that it is in. */
  readonly parent: string;
  readonly inGroup: boolean;
  readonly document: Document;
}

export interface WrittenStep {
  /** `run`, `checkout`, a command, or `ORB/COMMAND`. */
  readonly name: string;
  /** What stands under the name: a mapping, a text, or undefined for a name alone. */
  readonly body: unknown;
  /** The item of the list. */
  readonly path: Path;
  /** What the body is at. */
  readonly bodyPath: Path;
  /** The job or command that it is written in; undefined under an invocation. */
  readonly definition: WrittenDefinition | undefined;
  readonly document: Document;
}

/** Whose parameters a text can refer to. */
export type Scope =
  | { readonly kind: 'definition'; readonly definition: WrittenDefinition }
  | { readonly kind: 'invocation'; readonly invocation: WrittenInvocation }
  | { readonly kind: 'none' };

export interface WrittenText {
  readonly text: string;
  readonly path: Path;
  readonly scope: Scope;
  readonly document: Document;
}
