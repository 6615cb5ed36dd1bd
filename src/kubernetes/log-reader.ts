import type { SeenLines, Stamp } from './seen-lines.js';
import { StampReader } from './stamp-reader.js';

const NEWLINE = 0x0a;
/** Bytes of a line above which it is given in parts, so that a log without a newline does not fill the memory. */
const LONGEST = 2 * 1024 * 1024;
/** Bytes of a line up to which it is put together with others. */
const COPIED = 32 * 1024;
const TOO_LONG = '(a line of more than 2 MiB: it goes on below)';

/** What a reader gives. */
export interface LogSink {
  /** Whole lines with their newlines, their bytes as the container wrote them. */
  readonly onLines: (lines: Uint8Array) => void;
  /** Words of ours that belong at this place of the log. */
  readonly onNote: (note: string) => void;
}

/**
 * Reads one opening of a log with timestamps, and gives the lines that were not given yet: all new ones of a piece at once.
 *
 * What has no stamp is not the container's. The kubelet ends an answer that has begun with a sentence when it cannot read
 * on, and what it sends first can be the rest of a long line that began before the time from which it was asked.
 * @see https://github.com/kubernetes/cri-client/blob/v0.34.4/pkg/logs/logs.go (ReadLogs)
 */
export class LogReader {
  readonly #seen: SeenLines;
  readonly #sink: LogSink;
  readonly #stamps = new StampReader();
  /** The line that is not at its end yet. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes of a line that is being given in parts which are still to be left out. */
  #skip: number | undefined;
  /** What is to be given next, as far as it is filled, and how large it can get. */
  #out = Buffer.alloc(0);
  #outBytes = 0;
  #room = 0;
  #given = 0;
  #received = 0;
  #complaint: string | undefined;

  /** What the opening before left: the beginning of a line, which comes again unless the file is another. */
  #left: Uint8Array;

  constructor(seen: SeenLines, sink: LogSink, left: Uint8Array) {
    this.#seen = seen;
    this.#left = left;
    this.#sink = sink;
  }

  /** Bytes that came, and those of them that were given. */
  get received(): number {
    return this.#received;
  }

  get given(): number {
    return this.#given;
  }

  /** The last thing that came when it was no line of the container: why the kubelet did not read on. */
  get complaint(): string | undefined {
    return this.#complaint;
  }

  /** The bytes after the last newline. */
  get rest(): Uint8Array {
    return Buffer.concat(this.#held);
  }

  push(piece: Uint8Array): void {
    this.#received += piece.byteLength;
    this.#room = this.#heldBytes + piece.byteLength + 1;
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#finish(this.#join(piece.subarray(start, end + 1)));
      start = end + 1;
    }
    if (start < piece.byteLength) {
      this.#held.push(piece.subarray(start));
      this.#heldBytes += piece.byteLength - start;
    }
    if (this.#heldBytes > LONGEST) this.#giveHeld();
    else this.#flush();
  }

  /** The log is at its end: what came after the last newline is a line too. Returns false when the kubelet complained. */
  end(): boolean {
    if (this.#heldBytes > 0) this.push(Uint8Array.of(NEWLINE));
    return this.#complaint === undefined;
  }

  /** What is held, and the bytes that follow it. */
  #join(bytes: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return bytes;
    const all = Buffer.concat([...this.#held, bytes]);
    this.#held = [];
    this.#heldBytes = 0;
    return all;
  }

  /** Gives a line, or the end of one that is given in parts; its newline is the last byte. */
  #finish(line: Uint8Array): void {
    this.#giveFrom(this.#skip === undefined ? this.#begin(line) : line, 0);
    this.#skip = undefined;
  }

  /** Gives what there is of a line that is too long to be waited for, and a newline of ours. */
  #giveHeld(): void {
    const held = this.#join(Uint8Array.of(NEWLINE));
    const isNew = this.#giveFrom(this.#skip === undefined ? this.#begin(held) : held, 1);
    this.#flush();
    if (isNew) this.#sink.onNote(TOO_LONG);
  }

  /** Decides by the stamp of a line how much of it is to be left out; its text. */
  #begin(line: Uint8Array): Uint8Array {
    const read = this.#stamps.read(line);
    if (read === undefined) {
      this.#complaint = Buffer.from(line.subarray(0, 300)).toString('utf8').trim();
      this.#skip = Number.POSITIVE_INFINITY;
      return line;
    }
    this.#complaint = undefined;
    this.#skip = this.#seen.givenOf(read.stamp);
    if (this.#skip === 0) {
      if (this.#seen.isReplaced) this.#giveLeft(read.stamp);
      this.#seen.add(read.stamp);
    }
    return line.subarray(read.text);
  }

  /** Gives a line whose end will not come any more: this one, which is stamped later, is the first of another file. */
  #giveLeft({ second, nano }: Stamp): void {
    const left = Buffer.concat([this.#left, Uint8Array.of(NEWLINE)]);
    this.#left = new Uint8Array();
    const read = this.#stamps.read(left);
    if (read === undefined || (read.stamp.second - second || read.stamp.nano - nano) >= 0) return;
    if (!this.#seen.isLater(read.stamp)) return;
    this.#seen.add(read.stamp);
    this.#room += left.byteLength;
    this.#write(left.subarray(read.text));
    this.#seen.give(left.byteLength - read.text, true);
  }

  /** Gives what is new in a text, of whose end `added` bytes are ours. */
  #giveFrom(text: Uint8Array, added: 0 | 1): boolean {
    const length = text.byteLength - added;
    const left = Math.min(this.#skip ?? 0, length);
    this.#skip = (this.#skip ?? 0) - left;
    if (left === length) return false;
    this.#write(text.subarray(left));
    this.#seen.give(length - left, added === 0);
    return true;
  }

  #write(bytes: Uint8Array): void {
    if (bytes.byteLength > COPIED) {
      this.#flush();
      this.#sink.onLines(bytes);
      this.#given += bytes.byteLength;
      return;
    }
    if (this.#outBytes === 0) this.#out = Buffer.allocUnsafe(this.#room);
    this.#out.set(bytes, this.#outBytes);
    this.#outBytes += bytes.byteLength;
  }

  #flush(): void {
    if (this.#outBytes > 0) this.#sink.onLines(this.#out.subarray(0, this.#outBytes));
    this.#given += this.#outBytes;
    this.#outBytes = 0;
  }
}
