import { formatRepository, parseReference } from '../reference.js';
import { type Mapping, mappingOf } from '../yaml/mapping.js';
import { withDefaults } from './defaults.js';
import { type HookSpec, hooksOf, type PlacedHook } from './hooks.js';
import { buildImageOptions, type RawImageOptions } from './image.js';
import { approvalOf } from './names.js';
import { isWithin, normalPath } from './paths.js';
import type { SpecTree } from './service-files.js';
import { partsOf } from './services.js';
import type {
  EnvironmentImageSpec,
  EnvironmentSpec,
  ImageSpec,
  KubernetesSpec,
  LoginSpec,
  MigrationSpec,
  NewerBy,
  PartSpec,
  Rollback,
  Spec,
  Trigger,
  WorkloadIdentitySpec,
} from './spec.js';
import { strings } from './strings.js';
import { type RawTest, testsOf } from './tests.js';

/** The value was checked: from here on it is what the schema says. */
interface RawSpec {
  readonly orb?: string;
  readonly install?: 'npm' | 'vendored';
  readonly check?: boolean;
}
interface RawPart {
  readonly image?: RawImage;
  readonly test?: string | readonly RawTest[];
  readonly component?: string;
  readonly deploy_markers?: boolean;
  readonly defaults?: RawDefaults;
  readonly environments?: Readonly<Record<string, RawEnvironment>>;
}
interface RawImage extends RawImageOptions {
  readonly repository: string;
  readonly role?: string;
  readonly context?: string | readonly string[];
  readonly platforms?: readonly string[];
  readonly dockerfile?: string;
  readonly path?: string;
  readonly workload_identity?: RawWorkloadIdentity;
}
interface RawWorkloadIdentity {
  readonly provider: string;
  readonly service_account?: string;
}
interface RawEnvironmentImage {
  readonly repository: string;
  readonly by?: 'copy' | 'replication';
  readonly role?: string;
  readonly login?: LoginSpec;
  readonly workload_identity?: RawWorkloadIdentity;
}
interface RawDefaults {
  readonly context?: string | readonly string[];
  readonly role?: string;
  readonly workload_identity?: RawWorkloadIdentity;
  readonly kubernetes?: Partial<RawKubernetes>;
  readonly migration?: RawMigration;
  readonly rollback?: Rollback;
}
/** With what the defaults gave it; that nothing is missing was checked. */
interface RawEnvironment {
  readonly branch?: string;
  readonly tag?: string;
  readonly after?: string;
  readonly approval?: string | boolean;
  readonly approvers?: string;
  readonly newer_by?: NewerBy;
  readonly rollback?: Rollback;
  readonly context?: string | readonly string[];
  readonly role?: string;
  readonly workload_identity?: RawWorkloadIdentity;
  readonly image?: RawEnvironmentImage;
  readonly kubernetes: RawKubernetes;
  readonly migration?: RawMigration | false;
}
interface RawKubernetes {
  readonly eks?: string;
  readonly region?: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly workloads: readonly string[];
  readonly manifests?: string;
  readonly containers?: readonly string[];
}
interface RawMigration {
  readonly command: readonly string[];
  readonly workload?: string;
  readonly manifest?: string;
  readonly timeout?: string;
  readonly failed_before?: 'rerun' | 'stop';
  readonly on_cancel?: 'leave' | 'delete';
}

/** The spec that a tree without problems is: defaults filled in, what services share put into each. */
export function buildSpec(tree: SpecTree): Spec {
  const raw = tree.value as RawSpec;
  const given = mappingOf(mappingOf(tree.value)['services']);
  const parts = partsOf(tree);
  const whole = parts.find(({ service }) => service === undefined);
  return {
    version: 1,
    orb: raw.orb,
    install: raw.install ?? 'npm',
    check: raw.check ?? false,
    ...buildPart(whole?.spec ?? {}, undefined),
    services: parts.flatMap(({ service, spec }) => {
      if (service === undefined) return [];
      const paths = strings(mappingOf(given[service])['paths']);
      const built = buildPart(spec, service);
      const manifests = built.environments.flatMap(({ kubernetes }) => kubernetes.manifests ?? []);
      return [{ name: service, paths: buildPaths(paths, manifests, spec as RawPart), ...built }];
    }),
  };
}

function buildPart(part: Mapping, service: string | undefined): PartSpec {
  const raw = part as RawPart;
  return {
    image: raw.image === undefined ? undefined : buildImage(raw.image),
    test: testsOf(raw.test).map(({ job, filters, context }) => ({ job, filters, context })),
    component: raw.deploy_markers === false ? undefined : raw.component,
    environments: Object.entries(raw.environments ?? {}).map(([name, value]) => {
      const environment = withDefaults({ ...value }, { ...raw.defaults }) as unknown as RawEnvironment;
      return buildEnvironment(name, environment, raw.image, service);
    }),
  };
}

/**
 * What a service is made of: the paths that are given, or else the build context of its image; and its Dockerfile and its
 * manifests in any case.
 */
function buildPaths(given: readonly string[], manifests: readonly string[], { image }: RawPart): readonly string[] {
  const named = given.length > 0 ? given : [image?.path ?? '.'];
  const all = [...named, ...manifests, ...(image === undefined ? [] : [image.dockerfile ?? 'Dockerfile'])];
  const paths = [...new Set(all.map((path) => normalPath(path) ?? ''))];
  return paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
}

function buildImage(raw: RawImage): ImageSpec {
  return {
    repository: buildRepository(raw.repository),
    role: raw.role,
    workloadIdentity: buildWorkloadIdentity(raw.workload_identity),
    context: strings(raw.context),
    platforms: raw.platforms ?? ['linux/amd64'],
    dockerfile: raw.dockerfile ?? 'Dockerfile',
    path: raw.path ?? '.',
    ...buildImageOptions(raw),
  };
}

/** With its registry, where the spec leaves Docker Hub out. */
function buildRepository(text: string): string {
  const reference = parseReference(text);
  return reference === undefined ? text : formatRepository(reference.repository);
}

function buildWorkloadIdentity(raw: RawWorkloadIdentity | undefined): WorkloadIdentitySpec | undefined {
  return raw === undefined ? undefined : { provider: raw.provider, serviceAccount: raw.service_account };
}

function buildEnvironmentImage(raw: RawEnvironmentImage): EnvironmentImageSpec {
  const { repository, by = 'copy', role, login, workload_identity } = raw;
  const workloadIdentity = buildWorkloadIdentity(workload_identity);
  return { repository: buildRepository(repository), by, role, login, workloadIdentity };
}

function buildEnvironment(
  name: string,
  raw: RawEnvironment,
  image: RawImage | undefined,
  service: string | undefined,
): EnvironmentSpec {
  const hooks = hooksOf(name, { ...raw }, service);
  return {
    name,
    trigger: buildTrigger(raw),
    approval: approvalOf(name, { ...raw }),
    approvers: raw.approvers,
    newerBy: raw.newer_by ?? 'history',
    rollback: raw.rollback ?? 'none',
    beforeDeploy: hooks.filter(({ when }) => when === 'before').map(bareHook),
    afterDeploy: hooks.filter(({ when }) => when === 'after').map(bareHook),
    context: strings(raw.context),
    role: raw.role ?? image?.role,
    workloadIdentity: buildWorkloadIdentity(raw.workload_identity),
    image: raw.image === undefined ? undefined : buildEnvironmentImage(raw.image),
    kubernetes: buildKubernetes(raw.kubernetes),
    migration:
      raw.migration === undefined || raw.migration === false
        ? undefined
        : buildMigration(raw.migration, raw.kubernetes),
  };
}

function bareHook({ job, name, context }: PlacedHook): HookSpec {
  return { job, name, context };
}

function buildTrigger({ branch, tag, after }: RawEnvironment): Trigger {
  if (branch !== undefined) return { kind: 'branch', branch };
  return tag !== undefined ? { kind: 'tag', pattern: tag } : { kind: 'after', environment: after ?? '' };
}

function buildKubernetes(raw: RawKubernetes): KubernetesSpec {
  const { eks, region = '', kubeconfig = '', namespace, workloads, manifests, containers = [] } = raw;
  const access =
    eks === undefined
      ? ({ kind: 'kubeconfig', variable: kubeconfig } as const)
      : ({ kind: 'eks', cluster: eks, region } as const);
  return { access, namespace, workloads, manifests, containers };
}

function buildMigration(raw: RawMigration, kubernetes: RawKubernetes): MigrationSpec {
  return {
    command: raw.command,
    workload: raw.workload ?? (raw.manifest === undefined ? kubernetes.workloads[0] : undefined),
    manifest: raw.manifest,
    timeout: raw.timeout ?? '30m',
    failedBefore: raw.failed_before ?? 'rerun',
    onCancel: raw.on_cancel ?? 'leave',
  };
}
