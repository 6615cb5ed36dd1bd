/**
 * A function that works out its result once for each object, whoever asks.
 * @param make gives the same for the same object, which nobody changes
 */
export function remember<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (of) => {
    let found = known.get(of);
    if (found === undefined) {
      found = { value: make(of) };
      known.set(of, found);
    }
    return found.value;
  };
}
