/**
 * Escape sequences of terminals: CSI (colours, cursor, erasing), strings (OSC, DCS, SOS, PM, APC) and the short ones. By
 * them a container or a build could wipe or hide lines of a CI log.
 * @see ECMA-48, section 5
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
/** U+0080 to U+009F as UTF-8, each byte read as one character: some terminals take them for escapes too. */
const C1_IN_UTF8 = /\u00c2[\u0080-\u009f]/g;

/** Text of a stranger, fit for a log: all that it says, and nothing that moves, colours, wipes or hides. */
export function plainText(text: string): string {
  return Buffer.from(plainLine(Buffer.from(text))).toString('utf8');
}

/**
 * The same for the bytes of a line. Bytes that are no UTF-8 stay as they are; a carriage return in the middle, by which a
 * line would be written over, becomes a space.
 */
export function plainLine(line: Uint8Array): Uint8Array {
  const text = Buffer.from(line).toString('latin1');
  const plain = text
    .replace(C1_IN_UTF8, '')
    .replace(ESCAPES, '')
    .replace(/\r+(?=\n|$)/g, '')
    .replace(/\r/g, ' ')
    .replace(CONTROLS, '');
  return Buffer.from(plain, 'latin1');
}

const TAB = 0x09;
const NEWLINE = 0x0a;

/** The same for whole lines with their newlines. Most have nothing to take away, and are looked through together. */
export function plainLines(lines: Uint8Array): Uint8Array {
  if (!hasControls(lines)) return lines;
  const plain: Uint8Array[] = [];
  let start = 0;
  for (let end = lines.indexOf(NEWLINE); end >= 0; end = lines.indexOf(NEWLINE, start)) {
    plain.push(plainLine(lines.subarray(start, end)), lines.subarray(end, end + 1));
    start = end + 1;
  }
  return Buffer.concat(plain);
}

/** Whether there is a byte that `plainLine` could take away; U+0080 to U+009F begin with C2 in UTF-8. */
function hasControls(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.byteLength; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 ? byte !== NEWLINE && byte !== TAB : byte === 0x7f) return true;
    if (byte === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0) return true;
  }
  return false;
}
