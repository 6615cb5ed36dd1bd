// How generating grows with the number of environments and of services, and how long the config SDK's own stringify takes
// for the same configs, in one run.
import CircleCI from '@circleci/circleci-config-sdk';
import { load } from 'js-yaml';
import { generateTexts, specOf, specOfServices, time } from './generated.mjs';

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

generateTexts(specOf(10)); // warm
measure('environments', specOf);
console.log();
measure('services', specOfServices);

function measure(what, specFor) {
  const each = `per ${what.slice(0, -1)}`;
  console.log(
    `${what.padStart(12)} ${'gen-config'.padStart(15)} ${each.padStart(17)}   SDK stringify   ratio   configs     memory`,
  );
  for (const count of [10, 100, 1000]) {
    const text = specFor(count);
    const ours = time(() => generateTexts(text));
    const configs = ours.value.map((one) => load(one));
    const theirs = time(() => configs.map((config) => new SameConfig(config).stringify()));
    const { heapUsed, rss } = process.memoryUsage();
    const cells = [
      String(count).padStart(12),
      `${ours.milliseconds.toFixed(0)} ms`.padStart(15),
      `${(ours.milliseconds / count).toFixed(2)} ms`.padStart(17),
      `${theirs.milliseconds.toFixed(0)} ms`.padStart(15),
      (ours.milliseconds / theirs.milliseconds).toFixed(2).padStart(7),
      `${(ours.value.join('').length / 1024).toFixed(0)} KiB`.padStart(9),
      `${(heapUsed / 2 ** 20).toFixed(0)} MiB heap, ${(rss / 2 ** 20).toFixed(0)} MiB in all`,
    ];
    console.log(cells.join(' '));
  }
}
