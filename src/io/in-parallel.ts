import type { Result } from '../result.js';

/**
 * Does work for each item, several at a time, in their order. After the first failure none is begun.
 * @param limit how many at a time
 * @returns the first failure, or undefined
 */
export async function inParallel<T, E>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<Result<unknown, E>>,
): Promise<E | undefined> {
  const waiting = items.values();
  let failure: { readonly error: E } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      const done = await work(item);
      if (!done.ok) failure ??= done;
      if (failure !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return failure?.error;
}
