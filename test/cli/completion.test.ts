import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { verbs } from '../../src/cli/verbs.js';
import { testIo } from '../support/test-io.js';

async function scriptOf(shell: string): Promise<string> {
  const io = testIo();
  await runGenConfig(['completion', shell], io);
  return io.out();
}

/** Runs a shell, away from the person's own settings; undefined where it is not on this machine. */
function run(t: Test, folder: string, shell: string, args: readonly string[]): SpawnSyncReturns<string> | undefined {
  const env = { PATH: process.env['PATH'], HOME: folder, ZDOTDIR: folder, TERM: 'dumb', LANG: 'C.UTF-8' };
  const ended = spawnSync(shell, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  if (ended.error === undefined) return ended;
  if (!('code' in ended.error && ended.error.code === 'ENOENT')) throw ended.error;
  t.comment(`${shell} is not on this machine`);
  return undefined;
}

t.test('every shell gets every verb', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = await scriptOf(shell);
    for (const verb of verbs) t.match(script, verb.name, shell);
  }
});

t.test('bash', async (t) => {
  const script = await scriptOf('bash');
  const folder = t.testdir({ services: {} });
  const complete = (...words: readonly string[]) => {
    const line = `COMP_WORDS=(gen-config ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`;
    const ended = run(t, folder, 'bash', ['-c', `${script}\n${line}; _gen_config; printf '%s ' "\${COMPREPLY[@]}"`]);
    return ended?.stdout.trim().split(' ').sort();
  };
  t.strictSame(complete('ch'), ['check']);
  t.strictSame(complete('check', '--f'), ['--format']);
  t.strictSame(complete('check', '--format', 'j'), ['json', 'junit']);
  t.strictSame(complete('completion', ''), ['--help', 'bash', 'fish', 'zsh']);
  t.strictSame(complete('--fo'), ['--force'], 'the options of the default verb');
  t.strictSame(complete('check', '--directory', 'ser'), ['services']);
  const patterns = [...script.matchAll(/^ {4}(--.*?)\) /gm)].map(([, pattern]) => pattern);
  t.ok(patterns.includes('--format'), 'options that take one of a few words are found');
  t.equal(new Set(patterns).size, patterns.length, 'an option that several verbs have stands there once');
});

t.test('fish', async (t) => {
  const folder = t.testdir({ 'gen-config.fish': await scriptOf('fish'), services: {} });
  const complete = (line: string) => {
    const ended = run(t, folder, 'fish', ['-c', `source gen-config.fish; complete -C '${line}'`]);
    t.match(ended ?? { stderr: '' }, { stderr: '' });
    return ended?.stdout
      .trim()
      .split('\n')
      .map((one) => one.split('\t')[0])
      .sort();
  };
  const first = complete('gen-config ch');
  if (first === undefined) return;
  t.strictSame(first, ['check']);
  t.strictSame(complete('gen-config check --f'), ['--format']);
  t.strictSame(complete('gen-config check --format j'), ['json', 'junit']);
  t.strictSame(complete('gen-config completion '), ['bash', 'fish', 'zsh']);
  t.strictSame(complete('gen-config --fo'), ['--force'], 'the options of the default verb');
  t.strictSame(complete('gen-config check --directory ser'), ['services/']);
});

t.test('zsh', async (t) => {
  const folder = t.testdir({
    functions: { '_gen-config': await scriptOf('zsh') },
    services: {},
    // The program is a function that says what it was called with.
    '.zshrc': `PS1=; fpath=($ZDOTDIR/functions $fpath); autoload -Uz compinit; compinit -u -D
gen-config() { print -r -- "CALLED[$*]" }
`,
    // A terminal of its own, in which a line is typed with a tab at its end.
    'type.zsh': `zmodload zsh/zpty
zpty shell zsh -i
zpty -w shell "$1"$'\\t'
zpty -r shell typed '*CALLED*\\]*'
print -r -- "$typed"
`,
  });
  writeFileSync(join(folder, 'services.txt'), '');
  const complete = (line: string) => {
    const ended = run(t, folder, 'zsh', ['-f', 'type.zsh', `gen-config ${line}`]);
    return ended === undefined ? undefined : /CALLED\[(.*?)\]/.exec(ended.stdout)?.[1]?.trim();
  };
  const first = complete('ch');
  if (first === undefined) return;
  t.equal(first, 'check');
  t.equal(complete('check --fo'), 'check --format');
  t.equal(complete('check --format ju'), 'check --format junit');
  t.equal(complete('completion f'), 'completion fish');
  t.equal(complete('--forc'), '--force', 'the options of the default verb');
  t.equal(complete('check --directory ser'), 'check --directory services', 'folders and no files');
});
