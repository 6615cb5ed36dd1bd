/** `.circleci/build-once.yml`, read and checked: defaults filled in, every name resolved. */
export interface Spec {
  readonly version: 1;
  /** Reference of a published orb, `acme/build-once@1.2.3`; undefined: the orb is written into the config. */
  readonly orb: string | undefined;
  /** Where jobs get the `build-once` program from. */
  readonly install: 'npm' | 'vendored';
  readonly image: ImageSpec | undefined;
  /** Jobs of `.circleci/base.yml` that must pass first, in the order given. */
  readonly test: readonly string[];
  /** In the order of the spec. An environment that is named in `after` may come later. */
  readonly environments: readonly EnvironmentSpec[];
}

export interface ImageSpec {
  /** `host/path`, without tag or digest. */
  readonly repository: string;
  /** ARN of the IAM role that the build and publish jobs assume by OIDC. */
  readonly role: string | undefined;
  /** Contexts of the build and publish jobs. */
  readonly context: readonly string[];
  /** `os/architecture`, at least one. */
  readonly platforms: readonly string[];
  readonly dockerfile: string;
  /** Build context: the folder that the build may read. */
  readonly path: string;
}

export interface EnvironmentSpec {
  readonly name: string;
  /** What starts it. */
  readonly trigger: Trigger;
  /** Name of the approval job before it; undefined: deployed by itself. */
  readonly approval: string | undefined;
  /** Contexts of the deploy job. */
  readonly context: readonly string[];
  /** ARN of the IAM role that the deploy job assumes by OIDC. */
  readonly role: string | undefined;
  readonly kubernetes: KubernetesSpec;
  readonly migration: MigrationSpec | undefined;
}

export type Trigger =
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'tag'; readonly pattern: string }
  | { readonly kind: 'after'; readonly environment: string };

export interface KubernetesSpec {
  readonly access:
    | { readonly kind: 'eks'; readonly cluster: string; readonly region: string }
    | { readonly kind: 'kubeconfig'; readonly variable: string };
  readonly namespace: string;
  /** `deployment/NAME`, at least one. */
  readonly workloads: readonly string[];
}

export interface MigrationSpec {
  readonly command: readonly string[];
  /** Workload whose Pod the migration's is like. */
  readonly workload: string;
  /** As `build-once run-migration --timeout` takes it: `30m`. */
  readonly timeout: string;
}
