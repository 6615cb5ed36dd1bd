/**
 * The plan made from a spec: what is built, in which flows, what waits for what. Plain values, no YAML, no CircleCI and
 * no network, so that it can be printed, tested and compared.
 */
export interface Delivery {
  readonly install: 'npm' | 'vendored';
  /** Reference of a published orb; undefined: the orb is part of the config. */
  readonly orb: string | undefined;
  readonly image: Image | undefined;
  /** Jobs of the base that must pass first. */
  readonly tests: readonly string[];
  readonly environments: readonly Environment[];
  readonly flows: readonly Flow[];
}

export interface Image {
  readonly repository: string;
  readonly role: string | undefined;
  readonly context: readonly string[];
  readonly dockerfile: string;
  readonly path: string;
  readonly builds: readonly Build[];
  readonly publishJob: string;
}

/** The image of one platform, made by one job. */
export interface Build {
  readonly platform: string;
  readonly job: string;
}

export interface Environment {
  readonly name: string;
  readonly job: string;
  readonly context: readonly string[];
  readonly role: string | undefined;
  /** Name of the environment that must have run the digest before. */
  readonly after: string | undefined;
  readonly target: Target;
  readonly migration: Migration | undefined;
}

/** Where an environment runs. */
export interface Target {
  readonly kind: 'kubernetes';
  readonly access:
    | { readonly kind: 'eks'; readonly cluster: string; readonly region: string }
    | { readonly kind: 'kubeconfig'; readonly variable: string };
  readonly namespace: string;
  readonly workloads: readonly string[];
}

export interface Migration {
  readonly command: readonly string[];
  readonly workload: string;
  readonly timeout: string;
}

/** What happens on one kind of event, from the tests to the last environment. */
export interface Flow {
  /** Name of the workflow. */
  readonly name: string;
  readonly event: FlowEvent;
  /** In an order in which each stage comes after what it waits for. Empty: the tests alone. */
  readonly stages: readonly Stage[];
}

export type FlowEvent =
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'tag'; readonly pattern: string }
  /** A push to any branch but these. */
  | { readonly kind: 'other-branches'; readonly branches: readonly string[] };

/** An environment in a flow. */
export interface Stage {
  readonly environment: string;
  /** The job that it waits for: the publishing of the image, or the deploy job of the environment before it. */
  readonly after: string;
  /** The approval job between the two. */
  readonly approval: string | undefined;
}
