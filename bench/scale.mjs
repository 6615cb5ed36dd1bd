// How generating grows with the number of environments and of services, and how long the config SDK's own stringify takes
// for the same configs, in one run. Each line is a process of its own, as a user starts one.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { generateTexts, specOf, specOfServices, time } from './generated.mjs';

const specs = { environments: specOf, services: specOfServices };
const [what, count] = process.argv.slice(2);
if (what === undefined) {
  for (const name of Object.keys(specs)) printAll(name);
} else {
  await measure(specs[what](Number(count)));
}

function printAll(what) {
  const each = `per ${what.slice(0, -1)}`;
  console.log(
    `${what.padStart(12)} ${'gen-config'.padStart(15)} ${each.padStart(17)}   SDK stringify   ratio   configs     memory`,
  );
  for (const count of [10, 100, 1000]) {
    const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), what, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${count} ${what} ended with ${status}`);
    const { ours, theirs, characters, memory } = JSON.parse(stdout);
    const cells = [
      String(count).padStart(12),
      `${ours.toFixed(0)} ms`.padStart(15),
      `${(ours / count).toFixed(2)} ms`.padStart(17),
      `${theirs.toFixed(0)} ms`.padStart(15),
      (ours / theirs).toFixed(2).padStart(7),
      `${(characters / 1024).toFixed(0)} KiB`.padStart(9),
      `${memory.toFixed(0)} MiB at most`.padStart(16),
    ];
    console.log(cells.join(' '));
  }
  console.log();
}

/** Measures one spec; the SDK is loaded when the memory that gen-config took is known. */
async function measure(text) {
  const ours = time(() => generateTexts(text));
  const memory = process.resourceUsage().maxRSS / 1024;
  const { load } = await import('js-yaml');
  const { default: CircleCI } = await import('@circleci/circleci-config-sdk');
  /** The SDK prints what `generate` returns; here that is the very config that gen-config has made. */
  class SameConfig extends CircleCI.Config {
    constructor(config) {
      super();
      this.same = config;
    }
    generate() {
      return this.same;
    }
  }
  const configs = ours.value.map((one) => load(one));
  const theirs = time(() => configs.map((config) => new SameConfig(config).stringify()));
  const characters = ours.value.join('').length;
  console.log(JSON.stringify({ ours: ours.milliseconds, theirs: theirs.milliseconds, characters, memory }));
}
