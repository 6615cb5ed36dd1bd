// How compiling grows with the lines of a config: reading, compiling and printing, as `gen-config process` does them.
import { compileConfig } from '../dist/src/circleci/language/compile.js';
import { compiledConfig } from '../dist/src/circleci/language/output.js';
import { parseYaml } from '../dist/src/yaml/parse.js';
import { stringifyYaml } from '../dist/src/yaml/stringify.js';

/** A config of about as many lines: jobs that call commands with parameters and conditions, matrices, requirements. */
function configOf(lines) {
  const parts = Math.round(lines / 46);
  const ids = Array.from({ length: parts }, (_, n) => n);
  return `version: 2.1
parameters:
  deploy: { type: boolean, default: false }
orbs:
  slack: circleci/slack@5.1.1
executors:
  default:
    parameters:
      tag: { type: string, default: "20.19" }
    docker:
      - image: cimg/node:<< parameters.tag >>
commands:
${ids.map(commandOf).join('')}jobs:
${ids.map(jobOf).join('')}workflows:
${ids.map(workflowOf).join('')}`;
}

function commandOf(n) {
  return `  install-${n}:
    parameters:
      clean:
        type: boolean
        default: false
      after:
        type: steps
        default: []
    steps:
      - checkout
      - when:
          condition: << parameters.clean >>
          steps:
            - run: npm ci
      - unless:
          condition: << parameters.clean >>
          steps:
            - run:
                name: install
                command: |
                  npm install
                  echo "on << pipeline.git.branch >>"
      - steps: << parameters.after >>
`;
}

function jobOf(n) {
  return `  test-${n}:
    parameters:
      tag: { type: string }
    executor:
      name: default
      tag: << parameters.tag >>
    steps:
      - install-${n}:
          clean: true
          after:
            - run: npm test -- --shard << parameters.tag >>
            - slack/notify:
                channel: ci
`;
}

function workflowOf(n) {
  return `  flow-${n}:
    when: pipeline.git.branch == "main" or pipeline.parameters.deploy
    jobs:
      - test-${n}:
          matrix:
            parameters:
              tag: ["20.19", "22.12"]
      - hold-${n}:
          type: approval
          requires: [test-${n}]
`;
}

function time(work) {
  const start = process.hrtime.bigint();
  const value = work();
  return { value, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 };
}

const values = { 'pipeline.parameters.deploy': false };

/** A machine does other things too: the best of so many is what the work takes. */
const RUNS = 5;

function run(text) {
  const read = time(() => parseYaml(text, 'config.yml', 'not-yaml', '1.1'));
  if (!read.value.ok) throw new Error(JSON.stringify(read.value.error));
  const yaml = read.value.value;
  const compiled = time(() => compileConfig({ file: 'config.yml', value: yaml.value, yaml }, { values }));
  if (compiled.value.problems.length > 0) throw new Error(compiled.value.problems[0].message);
  const printed = time(() => stringifyYaml(compiledConfig(compiled.value)));
  return { read, compiled, printed, whole: read.milliseconds + compiled.milliseconds + printed.milliseconds };
}

console.log('   lines      read   compile     print     whole   per 1000 lines     output   memory');
for (const lines of [1_000, 10_000, 100_000]) {
  const text = configOf(lines);
  const runs = Array.from({ length: RUNS }, () => run(text)).sort((a, b) => a.whole - b.whole);
  const { read, compiled, printed, whole } = runs[0];
  const count = text.split('\n').length;
  const { heapUsed, rss } = process.memoryUsage();
  const cells = [
    String(count).padStart(8),
    ...[read, compiled, printed].map(({ milliseconds }) => `${milliseconds.toFixed(0)} ms`.padStart(9)),
    `${whole.toFixed(0)} ms`.padStart(9),
    `${((whole / count) * 1000).toFixed(1)} ms`.padStart(16),
    `${(printed.value.length / 1024).toFixed(0)} KiB`.padStart(10),
    `  ${(heapUsed / 2 ** 20).toFixed(0)} MiB heap, ${(rss / 2 ** 20).toFixed(0)} MiB in all`,
  ];
  console.log(cells.join(' '));
}
