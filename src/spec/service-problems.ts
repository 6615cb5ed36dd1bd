import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { quoteList } from '../diagnostic/quote.js';
import type { Place } from './places.js';

/**
 * The problems of services. What is wrong with something that they share is told once: as it is when all of them have
 * the problem, and with the names of those that have it when some do.
 */
export class ServiceProblems {
  readonly #count: number;
  readonly #found = new Map<string, { readonly problem: Diagnostic; readonly services: Set<string> }>();

  /** @param count how many services there are */
  constructor(count: number) {
    this.#count = count;
  }

  add(service: string, problem: Diagnostic, place: Place): void {
    const { code, message, file, range } = problem;
    const key = JSON.stringify([code, message, file, range, place.shared === true ? '' : service]);
    const found = this.#found.get(key) ?? { problem, services: new Set() };
    // Where it is a service's own, its place says whose it is.
    if (place.shared === true) found.services.add(service);
    this.#found.set(key, found);
  }

  tell(): readonly Diagnostic[] {
    return [...this.#found.values()].map(({ problem, services }) =>
      services.size === 0 || services.size === this.#count
        ? problem
        : { ...problem, message: `${problem.message} (in ${quoteList([...services])})` },
    );
  }
}
