import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { makeOrb } from '../../src/circleci/orb/orb.js';
import { packOrb } from '../../src/circleci/orb/pack.js';
import { commands } from '../../src/commands/list.js';
import { ORB_NAME, VERSION } from '../../src/version.js';
import { mappingOf } from '../../src/yaml/mapping.js';
import { RELEASE } from '../support/generate.js';
import { readText } from '../support/golden.js';
import { processConfig } from '../support/process-config.js';

type Mapping = Readonly<Record<string, unknown>>;

/** The emitted tree, as orb-tools/review reads it. */
const files = ['commands', 'executors', 'jobs', 'examples'].flatMap((section) =>
  readdirSync(join('orb', section)).map((file) => ({
    section,
    file,
    name: file.replace(/\.yml$/, ''),
    value: mappingOf(load(readText(join('orb', section, file)) ?? '')),
  })),
);
const top = mappingOf(load(readText('orb/@orb.yml') ?? ''));
const steps = (value: Mapping) => (value['steps'] ?? []) as readonly (string | Mapping)[];

t.test('the rules of orb-tools/review', async (t) => {
  const display = mappingOf(top['display']);
  t.match(display['source_url'], /^https:\/\//, 'RC001 source_url');
  for (const { section, file, value } of files) {
    t.ok(
      typeof value['description'] === 'string' && value['description'] !== '',
      `RC002 ${section}/${file} has a description`,
    );
  }
  const examples = files.filter(({ section }) => section === 'examples');
  t.ok(examples.length >= 1, 'RC003 there are examples');
  for (const { name } of examples) t.notMatch(name, /example/i, `RC004 ${name} is named by its use`);
  t.ok(String(top['description']).length >= 64, 'RC005 the description has 64 characters or more');
  // RC006 and RC007 fetch source_url and home_url, which no test here can.
  t.match(display['home_url'], /^https:\/\//, 'RC007 home_url');
  for (const { section, file, value } of files.filter((one) => one.section === 'commands' || one.section === 'jobs')) {
    for (const step of steps(value)) {
      const run = typeof step === 'string' ? undefined : step['run'];
      if (run === undefined) continue;
      t.ok(typeof mappingOf(run)['name'] === 'string', `RC008 ${section}/${file}: every run step has a name`);
      const command = String(mappingOf(run)['command']);
      t.ok(
        command.length <= 64 || /^<<include\(scripts\/[\w.]+\)>>$/.test(command),
        `RC009 ${section}/${file}: long commands are included`,
      );
      const include = /^<<include\((.*)\)>>$/.exec(command)?.[1];
      if (include !== undefined) t.ok((readText(join('orb', include)) ?? '').length > 0, `${include} is there`);
    }
  }
  for (const { section, name, value } of files) {
    t.match(name, /^[a-z0-9_]+$/, `RC010 ${section}/${name} is in snake case`);
    for (const [parameter, declared] of Object.entries(mappingOf(value['parameters']))) {
      t.match(parameter, /^[a-z0-9_]+$/, `RC010 ${section}/${name}: ${parameter} is in snake case`);
      t.ok(
        typeof mappingOf(declared)['description'] === 'string',
        `${section}/${name}: ${parameter} has a description`,
      );
    }
  }
  for (const { name, value } of examples) {
    const orbs = mappingOf(mappingOf(value['usage'])['orbs']);
    t.strictSame(orbs, { 'build-once': `${ORB_NAME}@${VERSION}` }, `RC011 ${name} uses the current version`);
  }
  t.notMatch(
    JSON.stringify(files),
    /"(key|keys)":\s*"?[^"]*<< parameters\.commit/,
    'RC012 no key is made of a $NAME default',
  );
});

t.test('every declared command is in the orb with its parameters, and no parameter is in a command', async (t) => {
  const orb = makeOrb(RELEASE);
  for (const command of commands) {
    const made = mappingOf(orb.commands[command.name]);
    t.strictSame(Object.keys(mappingOf(made['parameters'])), Object.keys(command.parameters), command.name);
  }
  for (const [name, value] of Object.entries(orb.commands)) {
    for (const step of steps(value)) {
      const { command } = mappingOf(mappingOf(step)['run']);
      t.notMatch(command, /<</, `${name}: nothing is put into its shell text`);
    }
  }
});

t.test('every example compiles, with the packed orb in place of the published one', async (t) => {
  const packed = mappingOf(load(packOrb(makeOrb(RELEASE))));
  t.strictSame(Object.keys(packed).sort(), [
    'commands',
    'description',
    'display',
    'examples',
    'executors',
    'jobs',
    'version',
  ]);
  for (const [name, value] of Object.entries(makeOrb(RELEASE).examples)) {
    const usage = mappingOf(value['usage']);
    const { processed, problems } = processConfig(usage, { imports: { [`${ORB_NAME}@${VERSION}`]: packed } });
    t.strictSame(problems, [], name);
    t.ok(Object.keys(processed.jobs).length > 0, `${name} has jobs`);
    t.notMatch(JSON.stringify(processed.jobs), /<< parameters|"build-once\//, `${name} is compiled to the end`);
    for (const { jobs } of Object.values(processed.workflows)) {
      const approvals = new Set(jobs.filter(({ approval }) => approval).map((job) => job.name));
      const held = jobs.filter(({ requires }) => requires.some((required) => approvals.has(required)));
      t.equal(held.length > 0, approvals.size > 0, `${name}: something waits for each approval`);
      for (const job of held) t.equal(job.requires.length, 1, `${name}: nothing gets round ${job.requires[0]}`);
      t.equal(new Set(jobs.map(({ filters }) => filters)).size, 1, `${name}: all jobs have the same filters`);
    }
  }
});
