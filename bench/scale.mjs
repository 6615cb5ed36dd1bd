// How generating grows with the number of environments, and how long the config SDK's own stringify takes for the same
// config, in one run.
import CircleCI from '@circleci/circleci-config-sdk';
import { load } from 'js-yaml';
import { generateText, specOf, time } from './generated.mjs';

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

generateText(specOf(10)); // warm
console.log('environments      gen-config   per environment   SDK stringify   ratio   config     memory');
for (const count of [10, 100, 1000]) {
  const text = specOf(count);
  const ours = time(() => generateText(text));
  const config = load(ours.value);
  const theirs = time(() => new SameConfig(config).stringify());
  const { heapUsed, rss } = process.memoryUsage();
  const cells = [
    String(count).padStart(12),
    `${ours.milliseconds.toFixed(0)} ms`.padStart(15),
    `${(ours.milliseconds / count).toFixed(2)} ms`.padStart(17),
    `${theirs.milliseconds.toFixed(0)} ms`.padStart(15),
    (ours.milliseconds / theirs.milliseconds).toFixed(2).padStart(7),
    `${(ours.value.length / 1024).toFixed(0)} KiB`.padStart(9),
    `${(heapUsed / 2 ** 20).toFixed(0)} MiB heap, ${(rss / 2 ** 20).toFixed(0)} MiB in all`,
  ];
  console.log(cells.join(' '));
}
