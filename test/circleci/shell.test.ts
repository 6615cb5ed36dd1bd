import t from 'tap';
import { readCommands } from '../../src/circleci/language/shell/commands.js';

/** Commands as text: `?` may not run, `!` runs on failure, `if` is asked. */
function show(script: string): readonly string[] {
  return readCommands(script).map(({ words, guarded, onFailure, asked }) =>
    [...(asked ? ['if'] : []), ...(onFailure ? ['!'] : guarded ? ['?'] : []), words.join(' ')].join(' '),
  );
}

const CASES: readonly (readonly [name: string, script: string, expected: readonly string[]])[] = [
  ['words and quotes', `echo 'a b' "c $D" e\\ f # not this`, ['echo a b c $D e f']],
  ['a line that goes on', 'helm upgrade shop \\\n  --wait', ['helm upgrade shop --wait']],
  ['a list', 'a && b; c & d | e', ['a', 'b', 'c', 'd', 'e']],
  ['what may not run', 'a || b\nc', ['a', '! b', 'c']],
  ['a list that goes on below', 'a ||\n  b\nc', ['a', '! b', 'c']],
  ['a group behind a failure', 'a || { b; exit 1; }\nc', ['a', '! b', '! exit 1', 'c']],
  ['a test in front', '[ -n "$A" ] && b\nc', ['[ -n $A ]', '? b', 'c']],
  ['if', 'if a; then b; elif c; then d; else e; fi\nf', ['if a', '? b', 'if ? c', '? d', '? e', 'f']],
  ['not', 'if ! a; then b; fi', ['if a', '? b']],
  ['while and for', 'while a; do b; done\nfor x in 1 2; do c $x; done', ['if a', 'b', 'c $x']],
  ['case', 'case "$A" in\n  main) a ;;\n  *)\n    b\n    ;;\nesac\nc', ['? a', '? b', 'c']],
  ['a function may not be called', 'f() {\n  a\n}\nfunction_b () { b; }\nc', ['? a', '? b', 'c']],
  ['a subshell', '(cd x && make)\na', ['cd x', 'make', 'a']],
  ['a substitution', 'a "$(b --c)" `d`', ['b --c', 'd', 'a $(b --c) `d`']],
  ['redirections', 'a > out 2>&1 < in >> log b &> /dev/null', ['a b']],
  ['a here-document', 'cat <<EOF | a -\nb; c || d\nEOF\ne', ['cat', 'a -', 'e']],
  ['a here-document in a config', "cat \\<<-'END'\nb\n  END\ne", ['cat', 'e']],
  ['a here-string', 'a <<< "$B"\nc', ['a', 'c']],
  ['a reference of CircleCI', 'a --tag=<< pipeline.git.branch >> b', ['a --tag=<< pipeline.git.branch >> b']],
  ['what is never closed', 'a "b\nc', ['a b\nc']],
  ['keywords that close nothing', 'fi; done; a', ['fi', 'done', 'a']],
];

t.test('a script is read as its simple commands', async (t) => {
  for (const [name, script, expected] of CASES) t.strictSame(show(script), expected, name);
});

t.test('variables that are set in front of a command', async (t) => {
  const [command] = readCommands('A=1 B="two words" make deploy');
  t.strictSame(command?.assigned, { A: '1', B: 'two words' });
  t.strictSame(command?.words, ['make', 'deploy']);
  t.equal(command?.source, 'A=1 B="two words" make deploy');
});

t.test('whatever is written, it is read in time that grows with its length', async (t) => {
  for (const part of ['(', '$(', '"$(', '`', '<< ', 'if ', 'case ', '{ ', 'a && ', "'", '<<A\n', '${']) {
    const start = performance.now();
    readCommands(part.repeat(50_000));
    t.ok(performance.now() - start < 60_000, JSON.stringify(part));
  }
});
