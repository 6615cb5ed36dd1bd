import t from 'tap';
import { plainLine, plainLines } from '../../src/io/plain-text.js';

t.test('lines together are what each is by itself', async (t) => {
  const samples = [
    'plain\ttext',
    'é ü 日本',
    '',
    '50 %\r',
    'a\rb',
    '\u001b[31mred\u001b[0m',
    'c2 at the end \u00c2',
    '\u009b2J',
    '\u007f',
  ];
  const bytes = [
    ...samples.map((text) => Buffer.from(text)),
    Buffer.from([0xff, 0xc2]),
    Buffer.from([0xc2, 0x80, 0x00]),
  ];
  for (const one of bytes) {
    for (const other of bytes) {
      const lines = Buffer.concat([one, Buffer.from('\n'), other, Buffer.from('\n')]);
      const expected = Buffer.concat([plainLine(one), Buffer.from('\n'), plainLine(other), Buffer.from('\n')]);
      if (Buffer.compare(plainLines(lines), expected) !== 0) t.same(plainLines(lines), expected, lines.toString('hex'));
    }
  }
  const clean = Buffer.from('plain\ttext é\n');
  t.equal(plainLines(clean), clean, 'what is plain is not copied');
});
