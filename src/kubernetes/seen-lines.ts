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
 * lines are looked for by their stamps, one after the other, and what comes before the last of them is left out. Where it
 * does not come any more, because the file was rotated, the log goes on with the first line of a later stamp that was not
 * given. Neighbours can be out of order by their stamps, since the runtime stamps standard output and standard error apart.
 */
export class SeenLines {
  /** Stamps of the last lines, as two rings. */
  readonly #seconds = new Float64Array(KEPT);
  readonly #nanos = new Uint32Array(KEPT);
  #count = 0;
  /** Number of the line that is expected next of those that were given; `#count` when all of them have come again. */
  #next = 0;
  /** Bytes of the last line that were given, while its end was not; else infinite. */
  #given = 0;
  #isReplaced = false;

  /** Whether the log, as it was opened last, is another file than before: the last line did not come again. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  /** Where to open the log again, RFC 3339 in whole seconds; undefined: from its start. Call it before each opening. */
  since(): string | undefined {
    this.#next = Math.max(0, this.#count - KEPT);
    this.#isReplaced = false;
    if (this.#count === 0) return undefined;
    const second = this.#seconds[(this.#count - 1) % KEPT] ?? 0;
    return `${new Date((second - OVERLAP) * 1000).toISOString().slice(0, 19)}Z`;
  }

  /** How many bytes of the line that begins with this stamp were given already: none, some, or all (infinite). */
  givenOf(stamp: Stamp): number {
    if (this.#next === this.#count) return 0;
    const last = this.#compare(stamp, this.#count - 1);
    if (last < 0 && this.#compare(stamp, this.#next) < 0) return Number.POSITIVE_INFINITY;
    const found = this.#find(stamp, this.#next);
    if (found !== undefined) {
      this.#next = found + 1;
      return this.#next === this.#count ? this.#given : Number.POSITIVE_INFINITY;
    }
    // An earlier stamp is the rest of a long line, whose beginning is in the file before.
    if (last < 0) return Number.POSITIVE_INFINITY;
    this.#next = this.#count;
    this.#isReplaced = true;
    return 0;
  }

  /** Whether a line with this stamp can be one that follows those that were given. */
  isLater(stamp: Stamp): boolean {
    const isAfterLast = this.#count === 0 || this.#compare(stamp, this.#count - 1) > 0;
    return isAfterLast && this.#find(stamp, Math.max(0, this.#count - KEPT)) === undefined;
  }

  /** Remembers a line, of which nothing is given yet. */
  add(stamp: Stamp): void {
    this.#seconds[this.#count % KEPT] = stamp.second;
    this.#nanos[this.#count % KEPT] = stamp.nano;
    this.#next = ++this.#count;
    this.#given = 0;
  }

  /** Remembers bytes of the last line that are given. */
  give(bytes: number, isEnd: boolean): void {
    this.#given = isEnd ? Number.POSITIVE_INFINITY : this.#given + bytes;
  }

  /** Below 0: before the line of that number; 0: the same; above: after it. */
  #compare(stamp: Stamp, line: number): number {
    return stamp.second - (this.#seconds[line % KEPT] ?? 0) || stamp.nano - (this.#nanos[line % KEPT] ?? 0);
  }

  /** The number of the first line with that stamp, from this one on. */
  #find(stamp: Stamp, from: number): number | undefined {
    for (let line = from; line < this.#count; line++) if (this.#compare(stamp, line) === 0) return line;
    return undefined;
  }
}
