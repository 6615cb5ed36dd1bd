// Programs for a container of Node: they write numbered lines of 100 bytes, after time enough to be followed.
const BEGIN = `
const { writeSync } = require('node:fs');
const write = (text) => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try { at += writeSync(1, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  }
};
const line = (n) => 'N' + String(n).padStart(8, '0') + 'x'.repeat(90) + '\\n';
let n = 0;
const upTo = (end) => { let text = ''; for (; n < end; n++) text += line(n); write(text); };
`;

/** As fast as it can. */
export const numberedLines = (lines) => `${BEGIN}
setTimeout(() => { while (n < ${lines}) upTo(Math.min(${lines}, n + 1000)); }, 8000);`;

/** So many lines a second. */
export const steadily = (lines, perSecond) => `${BEGIN}
setTimeout(() => {
  const start = Date.now();
  const timer = setInterval(() => {
    upTo(Math.min(${lines}, Math.floor((Date.now() - start) * ${perSecond / 1000})));
    if (n >= ${lines}) clearInterval(timer);
  }, 5);
}, 8000);`;
