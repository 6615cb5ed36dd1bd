import type { Pod } from '../../src/kubernetes/objects.js';

/** A Pod as an API server sends it in a cluster with a service mesh: about 9 KB, most of which nobody here reads. */
export function wholePod(number: number, { version, isReady }: { version: number; isReady: boolean }): Pod {
  const id = String(number).padStart(5, '0');
  const startedAt = `2026-01-01T00:${String(10 + (number % 50))}:00Z`;
  const container = (name: string) => ({
    name,
    image: `registry.example/acme/${name}@sha256:${'a'.repeat(64)}`,
    args: ['serve', '--port', '8080', '--log-format', 'json'],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 20 }, (_, n) => ({
      name: `SETTING_${n}`,
      valueFrom: { secretKeyRef: { name: `settings-of-${name}`, key: `setting-${n}` } },
    })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 1 },
    volumeMounts: [{ name: `kube-api-access-${id}`, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  });
  const condition = (type: string) => ({
    type,
    status: isReady || type === 'PodScheduled' ? 'True' : 'False',
    lastTransitionTime: startedAt,
  });
  const status = (name: string) => ({
    name,
    ready: isReady,
    started: isReady,
    restartCount: 0,
    image: `registry.example/acme/${name}@sha256:${'a'.repeat(64)}`,
    imageID: `registry.example/acme/${name}@sha256:${'a'.repeat(64)}`,
    containerID: `containerd://${id.repeat(12)}`,
    state: isReady ? { running: { startedAt } } : { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-7d4b9c8f6d-${id}`,
      generateName: 'web-7d4b9c8f6d-',
      namespace: 'shop',
      uid: `00000000-0000-4000-8000-0000000${id}`,
      resourceVersion: String(version),
      creationTimestamp: startedAt,
      labels: { app: 'web', 'pod-template-hash': '7d4b9c8f6d' },
      annotations: { 'sidecar.istio.io/status': `{"initContainers":["istio-init"],"id":"${id.repeat(40)}"}` },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b9c8f6d', uid: 'set', controller: true },
      ],
      managedFields: ['kube-controller-manager', 'kubelet'].map((manager) => ({
        manager,
        operation: 'Update',
        fieldsV1: {
          'f:status': Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f:field-${n}`, { '.': {} }])),
        },
      })),
    },
    spec: {
      containers: ['web', 'istio-proxy'].map(container),
      volumes: [
        { name: `kube-api-access-${id}`, projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        effect: 'NoExecute',
      })),
      nodeName: `node-${number % 100}`,
      restartPolicy: 'Always',
      serviceAccountName: 'web',
    },
    status: {
      phase: isReady ? 'Running' : 'Pending',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready', 'PodReadyToStartContainers'].map(
        condition,
      ),
      containerStatuses: ['web', 'istio-proxy'].map(status),
      hostIP: '192.0.2.2',
      podIP: '192.0.2.3',
      qosClass: 'Burstable',
    },
  };
  return pod as Pod;
}
