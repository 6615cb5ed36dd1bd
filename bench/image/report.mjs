// Lines of figures: what was found, what was wanted, and whether it is.
export function say(what, found, wanted, good) {
  console.log(`${what.padEnd(62)} ${found.padStart(16)}   wanted: ${wanted}${good ? '' : '   MISSED'}`);
}

export const ms = (time) => `${time.toFixed(0)} ms`;
export const times = (ratio) => `${ratio.toFixed(2)} x`;
