import type { Container, ContainerStatus, Pod } from './objects.js';

/** Parts that are kept for the Pods to come. */
const SHARED = 1000;

/**
 * Takes from Pods what nobody reads of one that runs, which is most of their size, and has them share the parts in which they are
 * alike: of thousands of Pods that is the memory of the whole job.
 */
export function makeSlimPods(): (pod: Pod) => Pod {
  const known = new Map<string, unknown>();
  const share = <T>(part: T): T => {
    if (part === undefined) return part;
    const text = JSON.stringify(part);
    if (known.size > SHARED) known.clear();
    if (!known.has(text)) known.set(text, part);
    return known.get(text) as T;
  };
  const shareAll = <T extends object, Key extends keyof T>(object: T, ...keys: readonly Key[]): T => {
    const shared = Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, share(object[key])]));
    return { ...object, ...shared };
  };
  return ({ metadata, spec, status }) => ({
    metadata: shareAll(without(metadata, ['managedFields', 'annotations']), 'labels', 'ownerReferences'),
    spec: shareAll(slimSpec(spec), 'containers', 'initContainers'),
    ...(status === undefined
      ? {}
      : { status: shareAll(slimStatus(status), 'conditions', 'containerStatuses', 'initContainerStatuses') }),
  });
}

function slimSpec(spec: Pod['spec']): Pod['spec'] {
  const { initContainers: init, containers } = spec;
  return {
    ...without(spec, ['volumes', 'tolerations', 'securityContext', 'schedulerName', 'serviceAccount', 'dnsPolicy']),
    containers: containers.map(slimContainer),
    ...(init === undefined ? {} : { initContainers: init.map(slimContainer) }),
  };
}

function slimContainer(container: Container): Container {
  return without(container, ['env', 'envFrom', 'volumeMounts', 'resources', 'securityContext']);
}

type Status = NonNullable<Pod['status']>;

function slimStatus(status: Status): Status {
  const { initContainerStatuses: init, containerStatuses: main } = status;
  return {
    ...without(status, ['hostIP', 'hostIPs', 'podIP', 'podIPs', 'qosClass', 'startTime']),
    ...(init === undefined ? {} : { initContainerStatuses: init.map(slimContainerStatus) }),
    ...(main === undefined ? {} : { containerStatuses: main.map(slimContainerStatus) }),
  };
}

function slimContainerStatus(status: ContainerStatus): ContainerStatus {
  return without(status, ['containerID', 'image', 'volumeMounts', 'resources', 'allocatedResources', 'user']);
}

function without<T extends object>(object: T, dropped: readonly string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !dropped.includes(name))) as T;
}
