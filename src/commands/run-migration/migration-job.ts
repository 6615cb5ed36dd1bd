import { createHash } from 'node:crypto';
import { isImageOf } from '../../kubernetes/image-match.js';
import type { Container, Job, PodSpec, PodTemplate } from '../../kubernetes/objects.js';
import { formatRepository } from '../../reference.js';
import type { PinnedImage } from '../release-record.js';

/** What a migration Job is made of. */
export interface Migration {
  readonly environment: string;
  readonly namespace: string;
  /** Full SHA. */
  readonly commit: string;
  readonly command: readonly string[];
  /** Name of the container of the template that runs the command. */
  readonly container: string;
  readonly template: PodTemplate;
  readonly image: PinnedImage;
  /** Milliseconds that the Job may take in all. */
  readonly timeout: number;
  /** URL of the CircleCI job, where there is one. */
  readonly job?: string;
}

/** Annotation that holds the digest of a Job: one of the same name with another digest is not ours to take up. */
export const DIGEST = 'build-once/digest';

/** Annotation that holds the URL of the CircleCI job that made a Job. */
export const MADE_BY = 'build-once/job';

/** Seconds that a finished Job stays, so that a re-run within a day finds it and a person can read it. */
const KEPT = 86_400;

/**
 * The Job of a migration. Its name says the image, environment, commit and command, so that the same migration asked for again
 * is found again. Its Pod runs once: no second try behind anyone's back.
 */
export function makeMigrationJob(migration: Migration): Job {
  const labels = {
    'app.kubernetes.io/managed-by': 'build-once',
    'build-once/environment': labelValue(migration.environment),
    'build-once/commit': labelValue(migration.commit),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: nameJob(migration),
      namespace: migration.namespace,
      labels,
      annotations: {
        'build-once/commit': migration.commit,
        [DIGEST]: migration.image.digest,
        ...(migration.job === undefined ? {} : { [MADE_BY]: migration.job }),
      },
    },
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: Math.max(1, Math.ceil(migration.timeout / 1000)),
      ttlSecondsAfterFinished: KEPT,
      template: {
        metadata: {
          // Not the workload's labels: a Service would send requests here. Its annotations stay; injectors of secrets read them.
          labels,
          annotations: keepAnnotations(migration.template.metadata?.annotations),
        },
        spec: makePodSpec(migration),
      },
    },
  };
}

/** `migrate-<environment>-<12 of commit>-<hash>`, at most 63 characters of `[a-z0-9-]`. */
export function nameJob(
  migration: Pick<Migration, 'environment' | 'commit' | 'command' | 'container' | 'image'>,
): string {
  const { environment, commit, command, container, image } = migration;
  const hash = createHash('sha256')
    // The repository too: services of one repository may share a namespace.
    .update(JSON.stringify([environment, command, container, formatRepository(image.repository)]))
    .digest('hex');
  return ['migrate', cleanName(environment), cleanName(commit.slice(0, 12)), hash.slice(0, 8)]
    .filter((part) => part !== '')
    .join('-');
}

/** At most 33 characters of `[a-z0-9-]` for the middle of a name; empty where none of the text can be in one. */
export function cleanName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 33)
    .replaceAll(/^-+|-+$/g, '');
}

/**
 * The workload's Pod, with only the container that runs the command. Init containers stay: what they prepare (files,
 * secrets) is part of the container's environment, and sidecars among them (`restartPolicy: Always`) are its way to the
 * database; those of our repository get the digest too. Rules about where the workload's Pods stand to each other go:
 * by them a Job could find no node beside the Pods that are running.
 */
function makePodSpec(migration: Migration): PodSpec {
  const { template, image } = migration;
  const { readinessGates: _gates, topologySpreadConstraints: _spread, affinity, ...spec } = template.spec;
  const setImage = (container: Container): Container =>
    isImageOf(container, image.repository) ? { ...container, image: image.reference } : container;
  return {
    ...spec,
    ...(affinity?.nodeAffinity === undefined ? {} : { affinity: { nodeAffinity: affinity.nodeAffinity } }),
    restartPolicy: 'Never',
    containers: spec.containers
      .filter((container) => container.name === migration.container)
      .map((container) => ({ ...withoutServing(container), image: image.reference, command: migration.command })),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(setImage) }),
  };
}

/** The container without what is for a server: probes, ports, lifecycle hooks; and without the arguments of its own command. */
function withoutServing(container: Container): Container {
  const {
    args: _args,
    readinessProbe: _readiness,
    livenessProbe: _liveness,
    startupProbe: _startup,
    ports: _ports,
    lifecycle: _lifecycle,
    ...kept
  } = container;
  return kept;
}

function keepAnnotations(annotations: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/')));
}

function labelValue(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 63)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
