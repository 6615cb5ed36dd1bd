/**
 * Remembers the lines of the last seconds of a log by timestamp and length, so that a log that is opened again can
 * begin a little earlier. Not just the last timestamp: the runtime stamps standard output and standard error apart, so
 * neighbours can be out of order by their stamps, and the kubelet takes the start in whole seconds only.
 */
export class SeenLines {
  /** Seconds since 1970 -> key of a line -> how often it was given. */
  readonly #seconds = new Map<number, Map<string, number>>();
  /** What is left of `#seconds` to come once more since the log was opened again. */
  #repeats = new Map<string, number>();
  #latest: number | undefined;

  /** Where to open the log again, RFC 3339 in whole seconds; undefined: from its start. Call it before each opening. */
  since(): string | undefined {
    this.#repeats = new Map();
    if (this.#latest === undefined) return undefined;
    const from = this.#latest - OVERLAP;
    for (const [second, lines] of this.#seconds) {
      if (second < from) continue;
      for (const [key, count] of lines) this.#repeats.set(key, count);
    }
    return `${new Date(from * 1000).toISOString().slice(0, 19)}Z`;
  }

  /** Whether this line is a new one; remembers it then. */
  add(stamp: string, length: number): boolean {
    const key = `${stamp} ${length}`;
    const repeats = this.#repeats.get(key) ?? 0;
    if (repeats > 0) {
      this.#repeats.set(key, repeats - 1);
      return false;
    }
    const second = Math.floor(Date.parse(stamp) / 1000);
    if (Number.isNaN(second)) return true;
    const lines = this.#seconds.get(second) ?? new Map<string, number>();
    lines.set(key, (lines.get(key) ?? 0) + 1);
    this.#seconds.set(second, lines);
    if (this.#latest === undefined || second > this.#latest) {
      this.#latest = second;
      for (const old of this.#seconds.keys()) if (old < second - OVERLAP) this.#seconds.delete(old);
    }
    return true;
  }
}

/** Seconds before the latest line at which the log is opened again. */
const OVERLAP = 5;
