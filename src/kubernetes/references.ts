import type { PodSpec, SourceFiles, SourceKey, SourceName } from './objects.js';

export type ReferenceKind = 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim';

/** An object that a Pod cannot start without. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** In it; none: the object is enough. */
  readonly key?: string;
  /** Who needs it: `container "web"`, `volume "config"`. */
  readonly by: string;
}

/** The Secrets, ConfigMaps and claims of a Pod spec, without those that are `optional`. */
export function findReferences(spec: PodSpec): readonly Reference[] {
  return [...ofContainers(spec), ...ofVolumes(spec)];
}

/** The Secrets that a Pod's images may be pulled with. A Pod starts without them, if the node has a login of its own. */
export function findPullSecrets(spec: PodSpec): readonly Reference[] {
  return (spec.imagePullSecrets ?? []).flatMap(({ name }) =>
    refer('Secret', { ...given(name) }, [], 'imagePullSecrets'),
  );
}

function ofContainers({ initContainers = [], containers }: PodSpec): readonly Reference[] {
  return [...initContainers, ...containers].flatMap(({ name, env = [], envFrom = [] }) => {
    const by = `container ${JSON.stringify(name)}`;
    const key = (kind: ReferenceKind, source: SourceKey | undefined) =>
      source === undefined ? [] : refer(kind, source, [source], by);
    return [
      ...env.flatMap(({ valueFrom }) => [
        ...key('Secret', valueFrom?.secretKeyRef),
        ...key('ConfigMap', valueFrom?.configMapKeyRef),
      ]),
      ...envFrom.flatMap(({ secretRef, configMapRef }) => [
        ...refer('Secret', secretRef, [], by),
        ...refer('ConfigMap', configMapRef, [], by),
      ]),
    ];
  });
}

function ofVolumes({ volumes = [] }: PodSpec): readonly Reference[] {
  return volumes.flatMap(({ name, secret, configMap, projected, persistentVolumeClaim: claim }) => {
    const by = `volume ${JSON.stringify(name)}`;
    const files = (kind: ReferenceKind, source: SourceFiles | undefined) =>
      refer(kind, source, source?.items ?? [], by);
    return [
      ...files('Secret', secret && { ...secret, ...given(secret.secretName) }),
      ...files('ConfigMap', configMap),
      ...(projected?.sources ?? []).flatMap((source) => [
        ...files('Secret', source.secret),
        ...files('ConfigMap', source.configMap),
      ]),
      ...refer('PersistentVolumeClaim', claim && { name: claim.claimName }, [], by),
    ];
  });
}

function refer(
  kind: ReferenceKind,
  source: SourceName | undefined,
  keys: readonly { readonly key: string }[],
  by: string,
): readonly Reference[] {
  if (source?.name === undefined || source.optional === true) return [];
  const { name } = source;
  return keys.length === 0 ? [{ kind, name, by }] : keys.map(({ key }) => ({ kind, name, key, by }));
}

function given(name: string | undefined): SourceName {
  return name === undefined ? {} : { name };
}
