import type { Path } from '../../../yaml/parse.js';

interface Place {
  readonly path: Path;
  /** What is said of the first job. */
  readonly message: string;
  /** How many more jobs it is said of. */
  others: number;
}

/** What is found in jobs, by where it is written: one place is one mistake, in however many jobs it runs. */
export class Places {
  readonly #places = new Map<string, Place>();

  add(path: Path, message: string): void {
    const known = this.#places.get(JSON.stringify(path));
    if (known === undefined) this.#places.set(JSON.stringify(path), { path, message, others: 0 });
    else known.others++;
  }

  all(): Iterable<Readonly<Place>> {
    return this.#places.values();
  }
}
