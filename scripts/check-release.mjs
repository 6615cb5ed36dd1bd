// Refuses a release whose parts do not belong together. Run in a job of a git tag, on the packed package:
//   node scripts/check-release.mjs release/gen-config-1.2.3.tgz
// The tag is the version of package.json, the changelog has a section for it, and the program in the package is the one
// whose hash the orb pins.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [tarball = ''] = process.argv.slice(2);
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const tag = process.env.CIRCLE_TAG ?? '';
const problems = [];

if (tag !== `v${version}`) {
  problems.push(`the git tag is "${tag}" and package.json has version ${version}: expected the tag v${version}`);
}
const headings = readFileSync('CHANGELOG.md', 'utf8').match(/^## .*$/gm) ?? [];
if (!headings.some((heading) => heading.split(' ')[1] === version)) {
  problems.push(`CHANGELOG.md has no section "## ${version}": rename "## Unreleased"`);
}
if (!tarball.endsWith(`/${name}-${version}.tgz`)) {
  problems.push(`the package is "${tarball}": expected ${name}-${version}.tgz`);
} else {
  const program = execFileSync('tar', ['-xzOf', tarball, 'package/dist/build-once.mjs'], { maxBuffer: 2 ** 26 });
  const hash = `sha512-${createHash('sha512').update(program).digest('base64')}`;
  if (!readFileSync('generated/orb.yml', 'utf8').includes(`default: ${hash}\n`)) {
    problems.push(`the program in ${tarball} has the hash ${hash}, and the orb pins another: run "npm run emit"`);
  }
}

for (const problem of problems) console.error(`check-release: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`${tag}: package, changelog and orb belong together`);
