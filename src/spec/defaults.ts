import { isMapping, type Mapping, own } from '../yaml/mapping.js';

/**
 * An environment with what `defaults` gives it. Its own keys win; `kubernetes` is merged key by key, and there `eks` and
 * `kubeconfig` exclude each other, so an environment that names one of them takes the other from nowhere.
 */
export function withDefaults(environment: Mapping, defaults: Mapping): Mapping {
  return mergeKubernetes(environment, only(defaults, KEYS));
}

/** The one mapping over the other, key by key; `kubernetes` of the two is merged as `withDefaults` says. */
export function mergeKubernetes(upper: Mapping, lower: Mapping): Mapping {
  const merged = { ...lower, ...upper };
  const { kubernetes } = upper;
  const { kubernetes: shared } = lower;
  if (!isMapping(kubernetes) || !isMapping(shared)) return merged;
  const taken = Object.keys(shared).filter((key) => {
    if (key === 'kubeconfig') return kubernetes['eks'] === undefined;
    return (key !== 'eks' && key !== 'region') || kubernetes['kubeconfig'] === undefined;
  });
  return { ...merged, kubernetes: { ...only(shared, taken), ...kubernetes } };
}

/** What all environments may share. */
const KEYS = ['context', 'role', 'workload_identity', 'kubernetes', 'migration', 'rollback'];

function only(mapping: Mapping, keys: readonly string[]): Mapping {
  return Object.fromEntries(keys.flatMap((key) => (own(mapping, key) === undefined ? [] : [[key, mapping[key]]])));
}
