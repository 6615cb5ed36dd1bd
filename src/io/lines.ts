const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines. */
export interface LineSplitter {
  /** The lines that `piece` completes, without their newline. */
  push(piece: Uint8Array): readonly Uint8Array[];
  /** What came after the last newline. */
  rest(): Uint8Array;
}

/** A splitter of its own state; lines are copies, of any length. */
export function splitLines(): LineSplitter {
  let held: Uint8Array[] = [];
  return {
    push: (piece) => {
      const lines: Uint8Array[] = [];
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
        lines.push(Buffer.concat([...held, piece.subarray(start, end)]));
        held = [];
        start = end + 1;
      }
      if (start < piece.byteLength) held.push(piece.subarray(start));
      return lines;
    },
    rest: () => Buffer.concat(held),
  };
}
