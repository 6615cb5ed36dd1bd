/**
 * The parts of Kubernetes objects that this program reads or writes. An object from the server holds more; a copy made
 * by spreading keeps it.
 */

export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Changes with every write; in a patch it is a precondition, and the API server answers 409 where it is another. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  /** What has to happen before an object that is being deleted is gone. */
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Who wrote which fields, and when by the clock of the API server. */
  readonly managedFields?: readonly ManagedFields[];
  readonly ownerReferences?: readonly OwnerReference[];
  /** Of an object that is to be made: the server adds the end of its name. */
  readonly generateName?: string;
}

export interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly time?: string;
  readonly subresource?: string;
  /** A tree of the fields by their names. */
  readonly fieldsV1?: object;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** A name of a Secret or a ConfigMap, and whether a Pod starts without it. */
export interface SourceName {
  readonly name?: string;
  readonly optional?: boolean;
}

/** One key of it. */
export interface SourceKey extends SourceName {
  readonly key: string;
}

/** A volume that is made of it, of all keys or of these. */
export interface SourceFiles extends SourceName {
  readonly items?: readonly { readonly key: string }[];
}

export interface Volume {
  readonly name: string;
  readonly secret?: Omit<SourceFiles, 'name'> & { readonly secretName?: string };
  readonly configMap?: SourceFiles;
  readonly projected?: {
    readonly sources?: readonly { readonly secret?: SourceFiles; readonly configMap?: SourceFiles }[];
  };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly secretKeyRef?: SourceKey; readonly configMapKeyRef?: SourceKey };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: SourceName; readonly configMapRef?: SourceName }[];
  /** On an init container, `Always` makes it a sidecar. */
  readonly restartPolicy?: string;
  readonly readinessProbe?: object;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: object;
  readonly ports?: readonly object[];
  readonly lifecycle?: object;
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: LabelSelector['matchExpressions'];
}

/** When a probe is asked, in seconds; the API server fills in what a manifest leaves out. */
export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface Affinity {
  readonly nodeAffinity?: {
    /** A node that one of the terms fits. */
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
    };
  };
  readonly podAffinity?: object;
  readonly podAntiAffinity?: object;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeName?: string;
  readonly serviceAccountName?: string;
  readonly restartPolicy?: string;
  readonly volumes?: readonly Volume[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Seconds between SIGTERM and SIGKILL; without it 30. */
  readonly terminationGracePeriodSeconds?: number;
  readonly affinity?: Affinity;
  readonly topologySpreadConstraints?: readonly object[];
  readonly readinessGates?: readonly object[];
}

export interface PodTemplate {
  readonly metadata?: Metadata;
  readonly spec: PodSpec;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Pods more, or fewer, than the replicas: a number, or a share of them like `25%`. */
export interface RollingUpdate {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}

/**
 * A workload of any kind that is deployed to: the fields of all kinds, of which an object has those of its own.
 * `kinds/` says what they mean for each.
 */
export interface Workload {
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly minReadySeconds?: number;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
    /** Of a Deployment; of a Rollout, `canary` or `blueGreen`. */
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: RollingUpdate;
      readonly canary?: RollingUpdate;
      readonly blueGreen?: object;
    };
    /** Of a StatefulSet and a DaemonSet. */
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: RollingUpdate & { readonly partition?: number };
    };
    /** Of a StatefulSet: its controller adds a volume of each name. */
    readonly volumeClaimTemplates?: readonly { readonly metadata: Metadata }[];
    /** Of a StatefulSet: `OrderedReady` or `Parallel`. */
    readonly podManagementPolicy?: string;
    /** Of a CronJob. */
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
    /** Of a Rollout that takes its template from another workload. */
    readonly workloadRef?: { readonly kind: string; readonly name: string };
  };
  readonly status?: {
    /** Text in a Rollout. */
    readonly observedGeneration?: number | string;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
    /** Of a StatefulSet: the hash that the Pods of its template have as a label. */
    readonly updateRevision?: string;
    /** Of a DaemonSet. */
    readonly currentNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    /** Of a Rollout: the hash that the Pods of its template have as a label, and the one of what counts as proven. */
    readonly currentPodHash?: string;
    readonly stableRS?: string;
    readonly phase?: string;
    readonly message?: string;
  };
}

/** What a controller keeps of each template: a ReplicaSet, or a ControllerRevision, which has the number alone. */
export interface Revision {
  readonly metadata: Metadata;
  readonly revision?: number;
  readonly spec?: { readonly replicas?: number; readonly template: PodTemplate };
  readonly status?: { readonly replicas?: number; readonly conditions?: readonly Condition[] };
}

export interface TerminatedState {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  /** It runs, and its startup probe, where it has one, has succeeded. */
  readonly started?: boolean;
  readonly restartCount: number;
  /** `host/path@digest` of what runs, as the runtime names it. */
  readonly imageID?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface Pod {
  readonly apiVersion?: 'v1';
  readonly kind?: 'Pod';
  readonly metadata: Metadata;
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Job {
  readonly apiVersion?: 'batch/v1';
  readonly kind?: 'Job';
  readonly metadata: Metadata;
  readonly spec: {
    readonly backoffLimit?: number;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly podReplacementPolicy?: 'Failed';
    readonly template: PodTemplate;
  };
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string;
    /** Pods that are being ended. */
    readonly terminating?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** coordination.k8s.io/v1. Its times are RFC 3339 with microseconds. */
export interface Lease {
  readonly apiVersion?: 'coordination.k8s.io/v1';
  readonly kind?: 'Lease';
  readonly metadata: Metadata;
  readonly spec?: {
    /** Empty: nobody holds it. */
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly acquireTime?: string | null;
    readonly renewTime?: string | null;
  };
}

/** Core v1 Event. */
export interface Event {
  readonly metadata: Metadata;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
    /** `spec.containers{web}`. */
    readonly fieldPath?: string;
  };
}

/** The condition of that type, where the object has it. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The name of an object that came from the server, where every object has one. */
export function nameOf(object: { readonly metadata: Metadata }): string {
  return object.metadata.name ?? '';
}
