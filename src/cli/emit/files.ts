import { join } from 'node:path';
import { CONFIG_FILE } from '../../circleci/config/files.js';
import type { GeneratedFile } from '../../circleci/generate.js';
import { makeOrb } from '../../circleci/orb/orb.js';
import { packOrb } from '../../circleci/orb/pack.js';
import { makeOrbTree } from '../../circleci/orb/tree.js';
import type { Io } from '../../io/io.js';
import { schema, serviceSchema } from '../../spec/schema.js';
import { readRelease } from '../program.js';
import { describeFailure } from '../project.js';
import { generateFiles } from '../project-files.js';
import { diagnosticsPage } from './diagnostics-page.js';
import { kubernetesPage } from './kubernetes-page.js';
import { manPages } from './man-pages.js';
import { orbReference } from './orb-reference.js';
import { rulePages } from './rule-pages.js';
import { specReference } from './spec-reference.js';

const EXAMPLES = ['shop'];

/**
 * Everything in this repository that is made from its source: the orb's tree, the packed orb, the schema, the config of
 * each example and of the project itself, the reference pages and the man pages. Paths start at the top of the repository.
 */
export async function emitFiles(io: Io): Promise<readonly GeneratedFile[]> {
  const orb = makeOrb(readRelease());
  const files = [
    ...makeOrbTree(orb).map(({ path, text }) => ({ path: join('orb', path), text })),
    { path: 'generated/orb.yml', text: packOrb(orb) },
    { path: 'generated/schema.json', text: `${JSON.stringify(schema, null, 2)}\n` },
    { path: 'generated/service.schema.json', text: `${JSON.stringify(serviceSchema, null, 2)}\n` },
    { path: CONFIG_FILE, text: await configOf('.', io) },
    { path: 'docs/spec.md', text: specReference() },
    { path: 'docs/orb.md', text: orbReference(orb) },
    { path: 'docs/kubernetes.md', text: kubernetesPage() },
    { path: 'docs/diagnostics.md', text: await diagnosticsPage(io) },
    ...(await rulePages(io)),
    ...manPages(),
  ];
  for (const example of EXAMPLES) {
    files.push({ path: `generated/${example}.config.yml`, text: await configOf(join('examples', example), io) });
  }
  return files;
}

async function configOf(directory: string, io: Io): Promise<string> {
  const files = await generateFiles(directory, io);
  if (!files.ok) throw new Error(describeFailure(files.error));
  const config = files.value.find(({ path }) => path === CONFIG_FILE);
  if (config === undefined) throw new Error(`no config for ${directory}`);
  return config.text;
}
