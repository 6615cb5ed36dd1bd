import { mayDo } from './access-review.js';
import type { KubernetesClient } from './client.js';
import type { Metadata } from './objects.js';
import type { Reference, ReferenceKind } from './references.js';
import type { Resource } from './resources.js';

/** An object that is referred to. Of a Secret and a claim the metadata alone is read. */
interface Referred {
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const referable: Readonly<Record<ReferenceKind, Resource<Referred>>> = {
  Secret: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', metadataOnly: true },
  ConfigMap: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  PersistentVolumeClaim: {
    group: '',
    version: 'v1',
    plural: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    metadataOnly: true,
  },
};

/** What became of looking for one object. */
export interface LookedFor {
  readonly reference: Reference;
  /** `unknown`: the user may not look, or no answer came. */
  readonly found: 'there' | 'absent' | 'no such key' | 'unknown';
}

/**
 * Looks for the objects, each once, as far as the user may get them. Whether a Secret has a key is not to be known
 * without reading the secret, so that is left to the node.
 */
export async function lookFor(
  client: KubernetesClient,
  references: readonly Reference[],
): Promise<readonly LookedFor[]> {
  const objects = new Map<string, ReturnType<typeof read>>();
  return Promise.all(
    references.map(async (reference) => {
      const name = `${reference.kind} ${reference.name}`;
      const object = objects.get(name) ?? read(client, reference);
      objects.set(name, object);
      return { reference, found: judge(reference, await object) };
    }),
  );
}

async function read(client: KubernetesClient, { kind, name }: Reference): Promise<Referred | 'absent' | 'unknown'> {
  const { group, plural } = referable[kind];
  // Asked first, since a CI user who is refused a Secret is what auditors look for.
  if ((await mayDo(client, { verb: 'get', group, resource: plural, name })) !== true) return 'unknown';
  const object = await client.get(referable[kind], name);
  if (object.ok) return object.value;
  return object.error.kind === 'not-found' ? 'absent' : 'unknown';
}

function judge({ kind, key }: Reference, object: Referred | 'absent' | 'unknown'): LookedFor['found'] {
  if (typeof object === 'string') return object;
  if (key === undefined || kind !== 'ConfigMap') return 'there';
  return key in { ...object.data, ...object.binaryData } ? 'there' : 'no such key';
}
