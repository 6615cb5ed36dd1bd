import { type Diagnostic, sortDiagnostics } from '../diagnostic/diagnostic.js';
import { formatRepository, parseReference } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { parseYaml, type Yaml } from '../yaml/parse.js';
import { type Base, readBase } from './base.js';
import { withDefaults } from './defaults.js';
import { type HookSpec, hooksOf, type PlacedHook } from './hooks.js';
import { buildImageOptions, type RawImageOptions } from './image.js';
import { checkMeaning } from './meaning.js';
import { approvalOf } from './names.js';
import { checkShape } from './shape.js';
import type { EnvironmentSpec, ImageSpec, KubernetesSpec, MigrationSpec, Spec, Trigger } from './spec.js';
import { strings } from './strings.js';

/** A text with the name that diagnostics give it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** A spec and the base that it names jobs of. */
export interface Project {
  readonly spec: Spec;
  readonly base: Base | undefined;
}

/**
 * Reads a spec and its base.
 * @param base `.circleci/base.yml`, or undefined where there is none
 * @returns the spec with its defaults filled in, or everything that is wrong with both texts, sorted
 */
export function readSpec(spec: Source, base: Source | undefined): Result<Project, readonly Diagnostic[]> {
  const parsedBase = base === undefined ? undefined : readBase(base.file, base.text);
  const baseProblems = parsedBase === undefined || parsedBase.ok ? [] : parsedBase.error;
  const parsed = parseYaml(spec.text, spec.file, 'spec/not-yaml');
  if (!parsed.ok) return fail(sortDiagnostics([...parsed.error, ...baseProblems]));
  const yaml = parsed.value;
  const found = parsedBase?.ok === true ? parsedBase.value : undefined;
  // What a broken base holds is not known, so its jobs are not missed.
  const meaning = baseProblems.length > 0 ? [] : checkMeaning(yaml, found);
  const shape = checkShape(yaml);
  const problems = sortDiagnostics([...shape, ...withoutRepeats(meaning, shape), ...baseProblems]);
  return problems.length > 0 ? fail(problems) : ok({ spec: build(yaml), base: found });
}

/**
 * Where a value or a name is wrong already, what it might have meant is of no use. A missing key says nothing of others,
 * and is missing whatever the name of what it is missing in.
 */
function withoutRepeats(meaning: readonly Diagnostic[], shape: readonly Diagnostic[]): readonly Diagnostic[] {
  const placeOf = ({ file, range }: Diagnostic) => JSON.stringify([file, range]);
  const wrong = new Set(shape.filter(({ code }) => code !== 'spec/missing-key').map(placeOf));
  return meaning.filter((diagnostic) => diagnostic.code === 'spec/missing-key' || !wrong.has(placeOf(diagnostic)));
}

/** The shape was checked: from here on the value is what the schema says. */
interface RawSpec {
  readonly version: 1;
  readonly orb?: string;
  readonly install?: 'npm' | 'vendored';
  readonly image?: RawImage;
  readonly test?: string | readonly string[];
  readonly check?: boolean;
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
}
interface RawDefaults {
  readonly context?: string | readonly string[];
  readonly role?: string;
  readonly kubernetes?: Partial<RawKubernetes>;
  readonly migration?: RawMigration;
}
/** With what the defaults gave it; that nothing is missing was checked. */
interface RawEnvironment {
  readonly branch?: string;
  readonly tag?: string;
  readonly after?: string;
  readonly approval?: string | boolean;
  readonly approvers?: string;
  readonly context?: string | readonly string[];
  readonly role?: string;
  readonly kubernetes: RawKubernetes;
  readonly migration?: RawMigration | false;
}
interface RawKubernetes {
  readonly eks?: string;
  readonly region?: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly workloads: readonly string[];
}
interface RawMigration {
  readonly command: readonly string[];
  readonly workload?: string;
  readonly timeout?: string;
}

function build(yaml: Yaml): Spec {
  const raw = yaml.value as RawSpec;
  return {
    version: 1,
    orb: raw.orb,
    install: raw.install ?? 'npm',
    image: raw.image === undefined ? undefined : buildImage(raw.image),
    test: strings(raw.test),
    check: raw.check ?? false,
    component: raw.deploy_markers === false ? undefined : raw.component,
    environments: Object.entries(raw.environments ?? {}).map(([name, value]) =>
      buildEnvironment(name, withDefaults({ ...value }, { ...raw.defaults }) as unknown as RawEnvironment, raw.image),
    ),
  };
}

function buildImage(raw: RawImage): ImageSpec {
  const reference = parseReference(raw.repository);
  return {
    repository: reference === undefined ? raw.repository : formatRepository(reference.repository),
    role: raw.role,
    context: strings(raw.context),
    platforms: raw.platforms ?? ['linux/amd64'],
    dockerfile: raw.dockerfile ?? 'Dockerfile',
    path: raw.path ?? '.',
    ...buildImageOptions(raw),
  };
}

function buildEnvironment(name: string, raw: RawEnvironment, image: RawImage | undefined): EnvironmentSpec {
  const hooks = hooksOf(name, { ...raw });
  return {
    name,
    trigger: buildTrigger(raw),
    approval: approvalOf(name, { ...raw }),
    approvers: raw.approvers,
    beforeDeploy: hooks.filter(({ when }) => when === 'before').map(bareHook),
    afterDeploy: hooks.filter(({ when }) => when === 'after').map(bareHook),
    context: strings(raw.context),
    role: raw.role ?? image?.role,
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
  const { eks, region = '', kubeconfig = '', namespace, workloads } = raw;
  const access =
    eks === undefined
      ? ({ kind: 'kubeconfig', variable: kubeconfig } as const)
      : ({ kind: 'eks', cluster: eks, region } as const);
  return { access, namespace, workloads };
}

function buildMigration(raw: RawMigration, kubernetes: RawKubernetes): MigrationSpec {
  return {
    command: raw.command,
    workload: raw.workload ?? kubernetes.workloads[0] ?? '',
    timeout: raw.timeout ?? '30m',
  };
}
