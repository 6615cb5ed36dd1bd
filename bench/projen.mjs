// How long gen-config takes to make and write a config, beside projen's synth of the very same config. projen is no
// dependency: it is taken from a folder that the environment names.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { generateText, specOf, time } from './generated.mjs';

const folder = process.env.PROJEN ?? '.';
const projen = findProjen();
if (projen === undefined) {
  console.log(
    `projen is not installed in ${resolve(folder)}. To compare: npm install --prefix /tmp/projen projen constructs`,
  );
  console.log('and then: PROJEN=/tmp/projen npm run bench');
} else {
  process.env.PROJEN_DISABLE_POST = 'true';
  const { Project, YamlFile } = projen;
  generateText(specOf(10)); // warm
  synth(Project, YamlFile, {});
  console.log('environments      gen-config          projen   ratio');
  for (const count of [1, 10, 100, 1000]) {
    const text = specOf(count);
    const ours = time(() => withFolder((path) => writeFileSync(join(path, 'config.yml'), generateText(text))));
    const config = load(generateText(text));
    const theirs = time(() => synth(Project, YamlFile, config));
    const cells = [
      String(count).padStart(12),
      `${ours.milliseconds.toFixed(1)} ms`.padStart(15),
      `${theirs.milliseconds.toFixed(1)} ms`.padStart(15),
      (ours.milliseconds / theirs.milliseconds).toFixed(2).padStart(7),
    ];
    console.log(cells.join(' '));
  }
}

function findProjen() {
  try {
    const require = createRequire(resolve(folder, 'package.json'));
    require('projen/lib/logging').disable();
    return require('projen');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** A project with one file, synthesized into a folder of its own: what `npx projen` does, without starting a process. */
function synth(Project, YamlFile, config) {
  withFolder((outdir) => {
    const project = new Project({ name: 'shop', outdir, commitGenerated: true });
    new YamlFile(project, '.circleci/config.yml', { obj: config });
    project.synth();
  });
}

function withFolder(work) {
  const path = mkdtempSync(join(tmpdir(), 'gen-config-bench-'));
  try {
    work(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}
