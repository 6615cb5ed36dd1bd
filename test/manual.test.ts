import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { programManual, verbManual } from '../src/cli/help.js';
import { verbs } from '../src/cli/verbs.js';
import { verbOf } from '../src/commands/command.js';
import { commandManual, programManual as jobProgramManual } from '../src/commands/help.js';
import { commands } from '../src/commands/list.js';
import { formatHelp } from '../src/manual/format-help.js';
import { formatRoff } from '../src/manual/format-roff.js';
import { findMistake } from './support/command-line.js';
import { readText } from './support/golden.js';

const manuals = [...verbs.map(verbManual), ...commands.map(commandManual)];
const programs = [programManual(), jobProgramManual()];

/** What is never broken: the title, the usage, terms. */
const isOneLine = /^\S+ \S+: |^Usage: |^ {2}\S/;

t.test('every verb and command says all that a manual says', async (t) => {
  for (const manual of manuals) {
    const entries = (title: string) => manual.sections.find((section) => section.title === title)?.entries ?? [];
    t.match(manual.summary, /^[A-Z].*\.$/, `${manual.name} has a sentence`);
    t.strictSame(
      entries('Exit codes').map(({ term }) => term),
      [...entries('Exit codes').map(({ term }) => term)].sort((a, b) => Number(a) - Number(b)),
    );
    t.ok(entries('Exit codes').length >= 4, `${manual.name} has exit codes`);
    t.ok(entries('Options').length >= 1 && entries('Examples').length >= 1, `${manual.name} has options and examples`);
    for (const { term } of entries('Examples')) {
      t.ok(term.includes(manual.name) || manual.name === 'gen-config generate', `${term} is of ${manual.name}`);
      t.equal(findMistake(term, []), undefined, term);
    }
    const wide = formatHelp(manual)
      .split('\n')
      .filter((line) => line.length > 100 && !isOneLine.test(line));
    t.strictSame(wide, [], `${manual.name} is narrow`);
  }
});

t.test('what a manual sends to is there', async (t) => {
  const pages = new Set(['gen-config(1)', 'build-once(1)', 'gen-config --help']);
  const names = new Set([
    ...verbs.map(({ name }) => `gen-config ${name}`),
    ...commands.map((command) => `build-once ${verbOf(command)}`),
  ]);
  for (const { name, seeAlso } of [...manuals, ...programs]) {
    t.ok(seeAlso.length > 0, `${name} sends somewhere`);
    for (const one of seeAlso) t.ok(pages.has(one) || names.has(one) || existsSync(one), `${name}: ${one}`);
  }
});

t.test('roff prints text as it is', async (t) => {
  const odd = ".a 'b' `c` \\d ~/.e --f ^g";
  const manual = { name: 'x', summary: 'X.', usage: [''], description: [odd], sections: [], seeAlso: ['y(1)'] };
  const page = formatRoff(manual, { title: 'Verbs', manuals: [] }, 'x 1');
  t.match(page, '\\&.a \\(aqb\\(aq \\(gac\\(ga \\ed \\(ti/.e \\-\\-f \\(hag\n');
  const printed = spawnSync('groff', ['-man', '-Tascii', '-P-cbou'], { input: page, encoding: 'utf8' });
  if (printed.error === undefined) t.match(printed.stdout, odd);
  else t.comment('groff is not on this machine');
});

t.test('the man pages are in the package, and a formatter has nothing to say about them', async (t) => {
  const { man } = JSON.parse(readText('package.json') ?? '') as { readonly man: readonly string[] };
  t.strictSame(man, ['man/gen-config.1', 'man/build-once.1']);
  for (const [program, ...args] of [
    ['mandoc', '-Tlint', '-Wwarning'],
    ['groff', '-man', '-ww', '-Tutf8', '-z'],
  ]) {
    for (const page of man) {
      const { error, status, stdout, stderr } = spawnSync(program ?? '', [...args, page], { encoding: 'utf8' });
      if (error === undefined) t.match({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' }, page);
      else t.comment(`${program} is not on this machine`);
    }
  }
});
