import type { HookSpec } from './hooks.js';
import type { TestSpec } from './tests.js';

/** `.circleci/build-once.yml`, read and checked: defaults filled in, every name resolved. */
export interface Spec extends PartSpec {
  readonly version: 1;
  /** Reference of a published orb, `acme/build-once@1.2.3`; undefined: the orb is written into the config. */
  readonly orb: string | undefined;
  /** Where jobs get the `build-once` program from. */
  readonly install: 'npm' | 'vendored';
  /** Whether a job of the config runs `gen-config check`. */
  readonly check: boolean;
  /** The images of a monorepo. Where there are some, the spec has no image of its own. */
  readonly services: readonly ServiceSpec[];
}

/** One image and its way. */
export interface PartSpec {
  readonly image: ImageSpec | undefined;
  /** Jobs of `.circleci/base.yml` that must pass first, in the order given. */
  readonly test: readonly TestSpec[];
  /** Component that deploy markers are of; undefined: no deploy markers. */
  readonly component: string | undefined;
  /** In the order of the spec. An environment that is named in `after` may come later. */
  readonly environments: readonly EnvironmentSpec[];
}

/** One of several images of a repository, with what the services share. */
export interface ServiceSpec extends PartSpec {
  readonly name: string;
  /** Files and folders that it is made of, as git writes them; empty text for the whole repository. `*` and `**` stand for names. */
  readonly paths: readonly string[];
}

export interface ImageSpec {
  /** `host/path`, without tag or digest. */
  readonly repository: string;
  /** ARN of the IAM role that the build and publish jobs assume by OIDC. */
  readonly role: string | undefined;
  readonly workloadIdentity: WorkloadIdentitySpec | undefined;
  /** Contexts of the build and publish jobs. */
  readonly context: readonly string[];
  /** `os/architecture`, at least one. */
  readonly platforms: readonly string[];
  readonly dockerfile: string;
  /** Build context: the folder that the build may read. */
  readonly path: string;
  readonly build: BuildSpec;
  /** Tags beside the commit SHA that are moved to the image. */
  readonly tags: readonly PointerKind[];
  /** Login for the registry; undefined: by the role, or as the machine has it. */
  readonly login: LoginSpec | undefined;
}

/** How docker builds the image. */
export interface BuildSpec {
  readonly args: Readonly<Record<string, string>>;
  /** Names of environment variables. */
  readonly secrets: readonly string[];
  /** Undefined: the last stage. */
  readonly target: string | undefined;
  readonly cache: 'none' | 'registry' | 'layers';
  readonly attestations: readonly ('provenance' | 'sbom')[];
  /** By platform, those that are not the usual ones. */
  readonly machines: Readonly<Record<string, MachineSpec>>;
}

export interface MachineSpec {
  /** `namespace/runner`: a self-hosted runner. */
  readonly resourceClass: string | undefined;
  readonly image: string | undefined;
}

export type PointerKind = 'branch' | 'git-tag' | 'semver';

/** Names of environment variables. */
export interface LoginSpec {
  readonly username: string;
  readonly password: string;
}

/** Who a job is in Google Cloud. */
export interface WorkloadIdentitySpec {
  /** Resource name of the workload identity pool provider. */
  readonly provider: string;
  /** Email of the service account to impersonate; undefined: none. */
  readonly serviceAccount: string | undefined;
}

/** The repository that an environment runs the image from, when it is not that of the image. */
export interface EnvironmentImageSpec {
  /** `host/path`, without tag or digest. */
  readonly repository: string;
  readonly by: 'copy' | 'replication';
  /** At most one of these; none: see `planDestination`. */
  readonly role: string | undefined;
  readonly login: LoginSpec | undefined;
  readonly workloadIdentity: WorkloadIdentitySpec | undefined;
}

export interface EnvironmentSpec {
  readonly name: string;
  /** What starts it. */
  readonly trigger: Trigger;
  /** Name of the approval job before it; undefined: deployed by itself. */
  readonly approval: string | undefined;
  /** A note on who may approve. */
  readonly approvers: string | undefined;
  /** By what a commit is newer than the one that runs. */
  readonly newerBy: NewerBy;
  /** What becomes of a deployment that fails. */
  readonly rollback: Rollback;
  /** Jobs that must pass before the deploy job starts, after the approval. */
  readonly beforeDeploy: readonly HookSpec[];
  /** Jobs that run after the deploy job; what comes after this environment waits for them. */
  readonly afterDeploy: readonly HookSpec[];
  /** Contexts of the deploy job. */
  readonly context: readonly string[];
  /** ARN of the IAM role that the deploy job assumes by OIDC. */
  readonly role: string | undefined;
  /** Its own, by which it logs in to the repository of the image. */
  readonly workloadIdentity: WorkloadIdentitySpec | undefined;
  readonly image: EnvironmentImageSpec | undefined;
  readonly kubernetes: KubernetesSpec;
  readonly migration: MigrationSpec | undefined;
}

export type NewerBy = 'history' | 'build-time';

export type Rollback = 'none' | 'automatic';

export type Trigger =
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'tag'; readonly pattern: string }
  | { readonly kind: 'after'; readonly environment: string };

export interface KubernetesSpec {
  readonly access:
    | { readonly kind: 'eks'; readonly cluster: string; readonly region: string }
    | { readonly kind: 'kubeconfig'; readonly variable: string };
  readonly namespace: string;
  /** `KIND/NAME`, at least one. */
  readonly workloads: readonly string[];
  /** Path of what is applied, from the top of the repository; undefined: the image is set in what is there. */
  readonly manifests: string | undefined;
  /** Names of containers that get the image whatever theirs is. */
  readonly containers: readonly string[];
}

export interface MigrationSpec {
  readonly command: readonly string[];
  /** Workload whose Pod the migration's is like; undefined: the only one of the manifest. */
  readonly workload: string | undefined;
  /** File of manifests to take that Pod from; undefined: from the workload in the cluster. */
  readonly manifest: string | undefined;
  /** As `build-once run-migration --timeout` takes it: `30m`. */
  readonly timeout: string;
  readonly failedBefore: 'rerun' | 'stop';
  readonly onCancel: 'leave' | 'delete';
}
