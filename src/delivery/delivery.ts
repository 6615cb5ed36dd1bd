/**
 * The plan made from a spec: what is built, in which flows, what waits for what. Plain values, no YAML, no CircleCI and
 * no network, so that it can be printed, tested and compared.
 */
export interface Delivery extends Part {
  readonly install: 'npm' | 'vendored';
  /** Reference of a published orb; undefined: the orb is part of the config. */
  readonly orb: string | undefined;
  /** The job that holds the config against the spec; it must pass first, too. */
  readonly checkJob: string | undefined;
  /** The images of a monorepo. Where there are some, the delivery itself has no image and no flows. */
  readonly services: readonly Service[];
}

/** One of several images of a repository. */
export interface Service extends Part {
  readonly name: string;
  /** Files and folders whose change makes its flows run; empty text for the whole repository. */
  readonly paths: readonly string[];
}

/** One image and its way. */
export interface Part {
  readonly image: Image | undefined;
  /** Jobs of the base that must pass first. */
  readonly tests: readonly Test[];
  /** Component that each deployment leaves a deploy marker of; undefined: no deploy markers. */
  readonly component: string | undefined;
  readonly environments: readonly Environment[];
  readonly flows: readonly Flow[];
}

/** A job of the base that must pass before anything is built. */
export interface Test {
  readonly job: string;
  /** The job runs where this expression is true, and nothing waits for it where it is not; undefined: always. */
  readonly filters: string | undefined;
  readonly context: readonly string[];
}

/** How a job logs in to a registry. */
export type Login =
  /** Undefined: by the credentials that its contexts hold, or as the machine is logged in. */
  | { readonly kind: 'role'; readonly role: string | undefined }
  /** Names of the environment variables that hold it. */
  | { readonly kind: 'variables'; readonly username: string; readonly password: string }
  | { readonly kind: 'workload-identity'; readonly provider: string; readonly serviceAccount: string | undefined };

export interface Image {
  readonly repository: string;
  readonly context: readonly string[];
  readonly dockerfile: string;
  readonly path: string;
  readonly builds: readonly Build[];
  readonly args: Readonly<Record<string, string>>;
  /** Names of environment variables that the build may mount as secrets. */
  readonly secrets: readonly string[];
  /** Stage of the Dockerfile; undefined: the last. */
  readonly target: string | undefined;
  readonly cache: 'none' | 'registry' | 'layers';
  readonly attestations: readonly ('provenance' | 'sbom')[];
  readonly publishJob: string;
  /** Tags beside the commit SHA that the publish job moves to the image. */
  readonly pointers: readonly ('branch' | 'git-tag' | 'semver')[];
  readonly login: Login;
}

/** The image of one platform, made by one job. */
export interface Build {
  readonly platform: string;
  readonly job: string;
  /** Undefined: the usual one of the platform. `namespace/runner`: a self-hosted runner. */
  readonly resourceClass: string | undefined;
  /** Machine image; undefined: the usual one. */
  readonly machineImage: string | undefined;
}

export interface Environment {
  readonly name: string;
  readonly job: string;
  readonly context: readonly string[];
  readonly role: string | undefined;
  /** To the repository of the image. */
  readonly login: Login;
  /** The repository that it runs the image from; undefined: that of the image. */
  readonly destination: Destination | undefined;
  /** Name of the environment that must have run the digest before. */
  readonly after: string | undefined;
  readonly target: Target;
  readonly migration: Migration | undefined;
  /** A note on who may approve. */
  readonly approvers: string | undefined;
  /** By what a commit is newer than the one that runs, which alone is deployed. */
  readonly newerBy: 'history' | 'build-time';
  /** What becomes of a deployment that fails: it stays, or all goes back to what ran before. */
  readonly rollback: 'none' | 'automatic';
  /** Jobs of the base between what the environment waits for and its deploy job. */
  readonly beforeDeploy: readonly Hook[];
  /** Jobs of the base that what comes after the environment waits for. */
  readonly afterDeploy: readonly Hook[];
}

/** Another repository for the very same digest. */
export interface Destination {
  readonly repository: string;
  readonly by: 'copy' | 'replication';
  readonly login: Login;
}

/** A job of the base that runs around a deployment. */
export interface Hook {
  readonly job: string;
  /** Name in the workflow. */
  readonly name: string;
  readonly context: readonly string[];
}

/** Where an environment runs. */
export interface Target {
  readonly kind: 'kubernetes';
  readonly access:
    | { readonly kind: 'eks'; readonly cluster: string; readonly region: string }
    | { readonly kind: 'kubeconfig'; readonly variable: string };
  readonly namespace: string;
  readonly workloads: readonly string[];
  /** Path of the manifests that are applied, from the top of the repository; undefined: none are. */
  readonly manifests: string | undefined;
  /** Names of containers that get the image whatever theirs is. */
  readonly containers: readonly string[];
}

export interface Migration {
  readonly command: readonly string[];
  /** Undefined: the only one of the manifest. */
  readonly workload: string | undefined;
  /** Undefined: the workload is looked at in the cluster. */
  readonly manifest: string | undefined;
  readonly timeout: string;
  readonly failedBefore: 'rerun' | 'stop';
  readonly onCancel: 'leave' | 'delete';
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
  /** The jobs that it waits for: the publishing of the image, or the last jobs of the environment before it. */
  readonly after: readonly string[];
  /** The approval job between the two. */
  readonly approval: string | undefined;
}
