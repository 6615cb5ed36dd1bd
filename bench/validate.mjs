// How long `gen-config validate` works on a config after its start, and how that grows with the config.
// Run it after `npm run build`: node bench/validate.mjs
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

/** A machine does other things too: the best of so many is what the work takes. The first one pays for compiling the code. */
const RUNS = 5;

console.log('   lines      first       best   per line   found     memory');
for (const lines of [1_000, 10_000, 100_000]) {
  const text = configOf(lines);
  const count = text.split('\n').length - 1;
  let found = 0;
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    found = validateConfig(text, 'config.yml').length;
    return performance.now() - start;
  });
  const best = Math.min(...times);
  const { heapUsed, rss } = process.memoryUsage();
  const cells = [
    String(count).padStart(8),
    `${times[0].toFixed(0)} ms`.padStart(10),
    `${best.toFixed(0)} ms`.padStart(10),
    `${((best / count) * 1000).toFixed(1)} µs`.padStart(10),
    String(found).padStart(7),
    `${(heapUsed / 2 ** 20).toFixed(0)} MiB heap, ${(rss / 2 ** 20).toFixed(0)} MiB in all`.padStart(10),
  ];
  console.log(cells.join(' '));
}
