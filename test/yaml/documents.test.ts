import t from 'tap';
import { splitDocuments } from '../../src/yaml/documents.js';
import { parseYaml } from '../../src/yaml/parse.js';

t.test('a text is cut where a document starts', async (t) => {
  t.same(splitDocuments('a: 1\n'), [{ text: 'a: 1\n', before: 0 }]);
  t.same(splitDocuments('# only\n---\n\n--- # nothing\n...\n'), []);
  t.same(splitDocuments(''), []);
  t.same(splitDocuments('---\na: 1\n--- {b: 2}\n---   \n# c\nc: 3\n---x: 4\n'), [
    { text: '   \na: 1\n', before: 0 },
    { text: '    {b: 2}\n', before: 2 },
    { text: '      \n# c\nc: 3\n---x: 4\n', before: 3 },
  ]);
});

t.test('scalars are read as kubectl reads them', async (t) => {
  // What "kubectl create --dry-run=client -o json" of 1.34 makes of these.
  const cases: readonly (readonly [string, unknown])[] = [
    ['12:30:45', '12:30:45'],
    ['190:20:30.15', '190:20:30.15'],
    ['0644', 420],
    ['0o644', 420],
    ['-0x1F', -31],
    ['0b11', 3],
    ['1_000', 1000],
    ['0', 0],
    ['089', 89],
    ['1e3', 1000],
    ['1.5', 1.5],
    ['yes', true],
    ['y', true],
    ['Off', false],
    ['yEs', 'yEs'],
    ['2026-01-01', '2026-01-01'],
    ['~', null],
    ['"0644"', '0644'],
    ['500m', '500m'],
  ];
  for (const [text, value] of cases) {
    const yaml = parseYaml(`a: ${text}\n`, 'a.yml', 'x', 'kubernetes');
    t.same(yaml.ok && yaml.value.value, { a: value }, text);
  }
});
