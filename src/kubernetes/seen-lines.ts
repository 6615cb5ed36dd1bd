/** When a line was written, as the runtime stamped it: seconds since 1970, and nanoseconds of the second. */
export interface Stamp {
  readonly second: number;
  readonly nano: number;
}

/** Seconds before the last line at which a log is opened again: the runtime stamps its two streams apart. */
const OVERLAP = 5;
/** Lines whose stamps are kept. Only neighbours can be out of order. */
const KEPT = 4096;

/**
 * Knows where a log that is opened again goes on.
 *
 * A log has one order, that of its file: whatever comes before the last line that was given has been given. So the last
 * line is looked for by its stamp, and all before it is left out. Where it does not come any more, because the file was
 * rotated, the log goes on with the first line of a later stamp that was not given. Neighbours can be out of order by
 * their stamps, since the runtime stamps standard output and standard error apart; hence the stamps of the last lines.
 */
export class SeenLines {
  /** Stamps of the last lines, as two rings. */
  readonly #seconds = new Float64Array(KEPT);
  readonly #nanos = new Uint32Array(KEPT);
  #count = 0;
  /** Lines with the stamp of the last one that are still to come in a log that was opened again. */
  #left = 0;
  #isCaughtUp = true;
  /** Bytes of the last line that were given, while its end was not; else infinite. */
  #given = 0;

  /** Where to open the log again, RFC 3339 in whole seconds; undefined: from its start. Call it before each opening. */
  since(): string | undefined {
    this.#isCaughtUp = this.#count === 0;
    if (this.#isCaughtUp) return undefined;
    const { second, nano } = this.#last();
    this.#left = 0;
    for (let at = 0; at < Math.min(this.#count, KEPT); at++) {
      if (this.#seconds[at] === second && this.#nanos[at] === nano) this.#left++;
    }
    return `${new Date((second - OVERLAP) * 1000).toISOString().slice(0, 19)}Z`;
  }

  /** How many bytes of the line that begins with this stamp were given already: none, some, or all (infinite). */
  givenOf(stamp: Stamp): number {
    if (this.#isCaughtUp) return 0;
    const last = this.#last();
    const order = stamp.second - last.second || stamp.nano - last.nano;
    if (order === 0) {
      this.#left--;
      if (this.#left > 0) return Number.POSITIVE_INFINITY;
      this.#isCaughtUp = true;
      return this.#given;
    }
    if (order < 0 || this.#has(stamp)) return Number.POSITIVE_INFINITY;
    this.#isCaughtUp = true;
    return 0;
  }

  /** Remembers bytes of the last line that are given. */
  give(bytes: number, isEnd: boolean): void {
    this.#given = isEnd ? Number.POSITIVE_INFINITY : this.#given + bytes;
  }

  /** Remembers a line, of which nothing is given yet. */
  add(stamp: Stamp): void {
    this.#given = 0;
    const at = this.#count++ % KEPT;
    this.#seconds[at] = stamp.second;
    this.#nanos[at] = stamp.nano;
  }

  #last(): Stamp {
    const at = (this.#count - 1) % KEPT;
    return { second: this.#seconds[at] ?? 0, nano: this.#nanos[at] ?? 0 };
  }

  #has(stamp: Stamp): boolean {
    for (let at = 0; at < Math.min(this.#count, KEPT); at++) {
      if (this.#seconds[at] === stamp.second && this.#nanos[at] === stamp.nano) return true;
    }
    return false;
  }
}
