import type { Stamp } from './seen-lines.js';

const SPACE = 0x20;
const POINT = 0x2e;
const ZULU = 0x5a;
const ZERO = 0x30;
/** Bytes of a stamp up to its seconds, and all of one in UTC with nine digits, as the kubelet writes it. */
const HEAD = '2026-01-01T00:00:00'.length;
const WHOLE = '2026-01-01T00:00:00.000000000Z'.length;
const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads the stamps at the beginning of lines. A date is worked out once a second, not once a line: at a hundred thousand
 * lines a second that is most of the work.
 */
export class StampReader {
  readonly #head = new Uint8Array(HEAD);
  #second = Number.NaN;

  /** The stamp that a line begins with, and where its text begins; undefined when there is none. */
  read(line: Uint8Array): { readonly stamp: Stamp; readonly text: number } | undefined {
    if (!this.#isKnown(line)) return this.#parse(line);
    let nano = 0;
    for (let at = HEAD + 1; at < WHOLE - 1; at++) nano = nano * 10 + (line[at] ?? 0) - ZERO;
    return { stamp: { second: this.#second, nano }, text: WHOLE + 1 };
  }

  /** Whether the line has a stamp of the usual form and of the same second as the one before. */
  #isKnown(line: Uint8Array): boolean {
    if (line[HEAD] !== POINT || line[WHOLE - 1] !== ZULU || line[WHOLE] !== SPACE) return false;
    for (let at = HEAD - 1; at >= 0; at--) if (line[at] !== this.#head[at]) return false;
    return !Number.isNaN(this.#second);
  }

  #parse(line: Uint8Array): { readonly stamp: Stamp; readonly text: number } | undefined {
    const space = line.subarray(0, WHOLE + 6).indexOf(SPACE);
    const match = FORM.exec(Buffer.from(line.subarray(0, Math.max(0, space))).toString('latin1'));
    if (match === null) return undefined;
    const [, head = '', fraction = '', zone = ''] = match;
    const second = Date.parse(`${head}${zone}`) / 1000;
    if (Number.isNaN(second)) return undefined;
    if (zone === 'Z') {
      this.#head.set(line.subarray(0, HEAD));
      this.#second = second;
    }
    return { stamp: { second, nano: Number(fraction.padEnd(9, '0')) }, text: space + 1 };
  }
}
