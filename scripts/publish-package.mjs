// Publishes the packed package to npm, by the job's OIDC token (npm docs, "Trusted publishing"): no token is stored.
//   node scripts/publish-package.mjs release/gen-config-1.2.3.tgz
// Published already with the same bytes is success, so the job can be run again.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [tarball = ''] = process.argv.slice(2);
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;

// An unknown version is an empty answer or an error, and then it is not there.
const view = spawnSync('npm', ['view', `${name}@${version}`, 'dist.integrity'], { encoding: 'utf8' });
const published = view.status === 0 ? view.stdout.trim() : '';
if (published === integrity) {
  console.log(`${name} ${version} is on npm already, with these bytes: nothing to do`);
} else if (published !== '') {
  console.error(`publish-package: ${name} ${version} is on npm with other bytes, and a version is never moved`);
  console.error(`expected ${integrity}\nfound    ${published}`);
  process.exit(1);
} else {
  // npm takes tokens whose audience is the registry that it publishes to.
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const claims = JSON.stringify({ aud: `npm:${new URL(registry).host}` });
  const token = execFileSync('circleci', ['run', 'oidc', 'get', '--claims', claims], { encoding: 'utf8' }).trim();
  const env = { ...process.env, NPM_ID_TOKEN: token };
  const { status } = spawnSync('npm', ['publish', '--access', 'public', tarball], { env, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
