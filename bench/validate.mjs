// How long `gen-config validate` works on a config after its start, and how that grows with the config.
// Run it after `npm run build`: node bench/validate.mjs
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { validateConfig } from '../dist/src/circleci/language/rules/validate.js';

/** A config of about so many lines: jobs with steps, commands with parameters, and workflows of twenty jobs each. */
function configOf(lines) {
  const jobs = Math.max(20, Math.round(lines / 20));
  const out = ['version: 2.1', 'orbs:', '  node: circleci/node@7.1.0', 'commands:'];
  for (let index = 0; index < jobs / 20; index++) {
    out.push(`  install-${index}:`, '    parameters:', '      version: { type: string, default: "1" }', '    steps:');
    out.push('      - run: ./install.sh << parameters.version >>', '      - node/install-packages');
  }
  out.push('jobs:');
  for (let index = 0; index < jobs; index++) {
    out.push(
      `  job-${index}:`,
      '    docker:',
      '      - image: cimg/node:22.11.0',
      '    resource_class: medium',
      '    environment:',
    );
    out.push(
      `      NUMBER: "${index}"`,
      '    steps:',
      '      - checkout',
      `      - install-${Math.floor(index / 20)}:`,
    );
    out.push('          version: "2"', '      - run:', '          name: Test', '          command: |');
    out.push(
      '            make test',
      '            make report',
      '      - store_test_results:',
      '          path: reports',
    );
  }
  out.push('workflows:');
  for (let first = 0; first < jobs; first += 20) {
    out.push(`  flow-${first / 20}:`, '    when: pipeline.git.branch == "main"', '    jobs:');
    for (let index = first; index < Math.min(jobs, first + 20); index++) {
      out.push(index === first ? `      - job-${index}` : `      - job-${index}: { requires: [job-${index - 1}] }`);
    }
  }
  return `${out.join('\n')}\n`;
}

/** A machine does other things too: the best of so many runs is what the work takes when the code is compiled. */
const RUNS = 5;

const [lines] = process.argv.slice(2);
if (lines === undefined) {
  console.log('   lines      first       best   per line   found     memory');
  for (const one of [1_000, 10_000, 100_000]) print(one);
} else {
  console.log(JSON.stringify(measure(Number(lines))));
}

/** Each size in a process of its own, so that its first run is what a user waits for. */
function print(lines) {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(lines)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${lines} lines ended with ${status}`);
  const { count, found, first, best, memory } = JSON.parse(stdout);
  const cells = [
    String(count).padStart(8),
    `${first.toFixed(0)} ms`.padStart(10),
    `${best.toFixed(0)} ms`.padStart(10),
    `${((best / count) * 1000).toFixed(1)} µs`.padStart(10),
    String(found).padStart(7),
    `${memory.toFixed(0)} MiB after the first`.padStart(10),
  ];
  console.log(cells.join(' '));
}

function measure(lines) {
  const text = configOf(lines);
  let found = 0;
  let memory = 0;
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    found = validateConfig(text, 'config.yml').length;
    const end = performance.now();
    if (memory === 0) memory = process.resourceUsage().maxRSS / 1024;
    return end - start;
  });
  return { count: text.split('\n').length - 1, found, first: times[0], best: Math.min(...times), memory };
}
