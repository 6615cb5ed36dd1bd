import t from 'tap';
import { findDifferences, type KubernetesObject } from '../../src/kubernetes/difference.js';

/** The differences as lines. */
const lines = (from: KubernetesObject, to: KubernetesObject, isIgnored?: (annotation: string) => boolean) =>
  findDifferences(from, to, isIgnored).map(({ path, change }) => `${path}: ${change}`);

const deployment = (spec: object, template: object = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { ...spec, template: { spec: template } },
});

t.test('fields by their path, items of lists by their name', async (t) => {
  const from = deployment(
    { replicas: 2 },
    {
      containers: [
        { name: 'proxy', image: 'envoy:1' },
        {
          name: 'web',
          env: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'OLD', value: '1' },
          ],
          ports: [{ containerPort: 80 }],
          volumeMounts: [{ name: 'v', mountPath: '/a' }],
        },
      ],
    },
  );
  const to = deployment(
    { replicas: 3 },
    {
      containers: [
        {
          name: 'web',
          env: [
            { name: 'NEW', value: 'two words' },
            { name: 'LOG_LEVEL', value: 'debug' },
          ],
          ports: [{ containerPort: 8080 }, { containerPort: 80 }],
          volumeMounts: [
            { name: 'v', mountPath: '/a' },
            { name: 'v', mountPath: '/b' },
          ],
        },
        { name: 'proxy', image: 'envoy:1' },
      ],
    },
  );
  t.same(lines(from, to), [
    'spec.replicas: 2 -> 3',
    'spec.template.spec.containers[web].env[LOG_LEVEL].value: (changed)',
    'spec.template.spec.containers[web].env[OLD]: (removed)',
    'spec.template.spec.containers[web].env[NEW]: (added)',
    'spec.template.spec.containers[web].ports[8080]: (none) -> {"containerPort":8080}',
    'spec.template.spec.containers[web].volumeMounts[/b]: (none) -> {"name":"v","mountPath":"/b"}',
  ]);
  t.same(lines(from, from), []);

  const env = [{ name: 'KEY', value: 's3cret' }];
  const path = 'spec.template.spec.containers[proxy]';
  const proxy = (more: object) => deployment({}, { containers: [{ name: 'proxy', ...more }] });
  t.same(lines(deployment({}, { containers: [] }), proxy({ env })), [
    `${path}: (none) -> {"name":"proxy","env":["KEY"]}`,
  ]);
  t.same(lines(proxy({}), proxy({ env })), [`${path}.env: (added)`]);
  const ref = (key: string) => proxy({ env: [{ name: 'KEY', valueFrom: { secretKeyRef: { key } } }] });
  t.same(lines(ref('a'), ref('b')), [`${path}.env[KEY].valueFrom.secretKeyRef.key: a -> b`]);
});

t.test('items without a name, or with one twice, by their place', async (t) => {
  const list = (...args: readonly unknown[]) => deployment({}, { args });
  t.same(lines(list('a', 'b'), list('a', 'c', 'd')), [
    'spec.template.spec.args[1]: b -> c',
    'spec.template.spec.args[2]: (none) -> d',
  ]);
  t.same(lines(list({ name: 'a', v: 1 }, { name: 'a', v: 2 }), list({ name: 'a', v: 1 }, { name: 'a', v: 3 })), [
    'spec.template.spec.args[1].v: 2 -> 3',
  ]);
});

t.test('what the server writes, and annotations that do not count, are no difference', async (t) => {
  const object = (more: object, annotations: object): KubernetesObject => ({
    kind: 'Service',
    metadata: { name: 'web', ...more, annotations },
    spec: {},
  });
  const from = object(
    { resourceVersion: '1', generation: 1, managedFields: [], uid: 'a' },
    { 'x/y': '1', 'z.io/a': 'b' },
  );
  const to = {
    ...object({ resourceVersion: '2', generation: 2 }, { 'x/y': '2', 'z.io/a': 'c' }),
    status: { phase: 'x' },
  };
  t.same(
    lines(from, to, (name) => name.startsWith('x/')),
    ['metadata.annotations["z.io/a"]: b -> c'],
  );
});

t.test('of a Secret no value is told, wherever it stands', async (t) => {
  const secret = (data: object, annotation: string): KubernetesObject => ({
    kind: 'Secret',
    metadata: { name: 's', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': annotation } },
    data,
  });
  const found = lines(
    secret({ password: 'b2xk', gone: 'Zw==' }, 'b2xk'),
    secret({ password: 'bmV3', 'a.b': 'eA==' }, 'bmV3'),
  );
  t.same(found, [
    'data.password: (changed)',
    'data.gone: (removed)',
    'data["a.b"]: (added)',
    'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]: (changed)',
  ]);
});

t.test('of a text of many lines the first that differs; a long value is cut', async (t) => {
  const map = (text: unknown): KubernetesObject => ({ kind: 'ConfigMap', metadata: {}, data: { 'app.yml': text } });
  t.same(lines(map('a: 1\nb: 2\n'), map('a: 1\nb: 3\nc: 4\n')), ['data["app.yml"]: line 2: "b: 2" -> "b: 3"']);
  t.same(lines(map('a\n'), map('a\nb\n')), ['data["app.yml"]: line 2: "" -> b']);
  t.same(lines(map('a'), map('a\nb')), ['data["app.yml"]: line 2: (none) -> b']);
  t.same(lines(map('a'), map(undefined)), ['data["app.yml"]: a -> (none)']);
  t.match(lines(map('a'), map('x'.repeat(1000)))[0], /^data\["app\.yml"\]: a -> x{160}\.\.$/);
});
