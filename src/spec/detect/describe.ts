import { formatWorkload } from '../../workload.js';
import { chooseRepository, findRepositories } from './choose-repository.js';
import type { Facts } from './detect.js';
import { isTooling } from './dockerfiles.js';
import type { Draft, DraftPart } from './draft.js';
import { isProduction } from './environments.js';
import type { Migration } from './migrations.js';
import { isBelow, type Note } from './repository.js';
import { viewOf } from './view.js';

/** What was found, in the order of the spec: one note each, with its place. */
export function describeFindings(facts: Facts, draft: Draft): readonly Note[] {
  const { git, manifests, charts, taskDefinitions, migrations, config } = facts;
  const { parts } = draft;
  const notes: Note[] = [];
  const note = (text: string, at?: Note['at']) => notes.push({ text, ...(at === undefined ? {} : { at }) });
  if (git.remote !== undefined) note(`remote ${git.remote.name}`, git.remote.at);
  if (git.branch.sure) note(`default branch ${git.branch.name}`, { file: '.git/refs/remotes/origin/HEAD' });
  for (const { service, image } of parts) {
    const dockerfile = facts.dockerfiles.find(({ path }) => path === image.dockerfile);
    if (dockerfile === undefined) continue;
    const { base, platforms, path, context } = dockerfile;
    const from = base === undefined ? '' : `, last stage from ${base.image}`;
    const what = service === undefined ? 'the image' : `service ${service.name}`;
    note(`${what}${from}, build context ${context}`, base?.at ?? { file: path });
    if (!platforms.guess) note(`${platforms.names.join()}: ${platforms.why}`, platforms.at);
    notes.push(...(service?.paths.reasons ?? []));
  }
  if (parts.length > 0) {
    for (const { path } of othersOf(facts, draft)) note('another Dockerfile, not in the spec', { file: path });
  }
  const written = new Set(parts.map(({ image }) => image.repository.text));
  const replaced = new Set(parts.flatMap((part) => replacedBy(facts, part)));
  for (const { text, at } of findRepositories(facts)) {
    const of = written.has(text) ? '' : replaced.has(text) ? ', of single environments' : ', not in the spec';
    note(`image repository ${text}${of}`, at);
  }
  for (const one of manifests.overlays) {
    const namespace = one.namespace === undefined ? '' : `, namespace ${one.namespace}`;
    note(`kustomize overlay ${one.environment}${namespace}`, one.at);
  }
  const used = new Set(parts.flatMap(({ environments }) => environments.flatMap(({ workloads }) => workloads)));
  const seen = new Set<string>();
  for (const workload of manifests.workloads) {
    const { namespace, environment, at } = workload;
    const name = formatWorkload(workload);
    const said = environment === undefined || namespace?.includes(environment) === true;
    const where = `${namespace === undefined ? '' : `, namespace ${namespace}`}${said ? '' : `, for ${environment}`}`;
    const text = `${name}${where}${used.has(name) ? '' : ', not in the spec'}`;
    if (!seen.has(text)) note(text, at);
    seen.add(text);
  }
  for (const chart of charts) {
    note(`Helm chart ${chart.name}`, chart.at);
    for (const { name, file } of chart.environments) note(`values of ${name}`, { file });
    for (const workload of chart.workloads) note(formatWorkload(workload), workload.at);
    for (const at of chart.templated) note('a workload whose name only Helm knows', at);
  }
  for (const { family, containers, at } of taskDefinitions) {
    note(`ECS task definition ${family}, containers ${containers.map(({ name }) => name).join(', ')}`, at);
  }
  const commands = parts.map(({ environments }) => environments[0]?.migration?.command);
  for (const { tool, command, at } of migrations) {
    const chosen = commands.includes(command) || parts.length === 0;
    note(`${tool}: ${command.join(' ')}${chosen ? '' : ', not in the spec'}`, at);
  }
  for (const { name, line } of config?.jobs.filter(({ test }) => test) ?? []) {
    note(`job ${name} runs on every branch and tests`, { file: config?.yaml.file ?? '', line });
  }
  return notes;
}

/** What a person has to look at although the spec is complete. */
export function describeCautions(facts: Facts, draft: Draft): readonly Note[] {
  const { charts, taskDefinitions, config, repository } = facts;
  const notes: Note[] = [...facts.unreadable];
  const others = othersOf(facts, draft).flatMap(({ path }) => (isTooling(path) ? [] : [path]));
  if (others.length > 0) {
    notes.push({ text: `not in the spec: ${others.join(', ')}. Each image that is deployed stands under "services"` });
  }
  notes.push(...draft.parts.flatMap(({ service }) => service?.paths.doubt ?? []));
  if (charts.length > 0) {
    notes.push({ text: 'gen-config sets the image of the workloads itself; helm upgrade must not set it back' });
  }
  if (taskDefinitions.length > 0) {
    notes.push({ text: 'ECS is not a target yet: gen-config deploys to Kubernetes' });
  }
  notes.push(...describeMigrations(facts, draft), ...describeRepositories(facts, draft), ...describeSql(facts));
  const file = config?.yaml.file ?? '';
  for (const { name, line, cautions } of config?.jobs ?? []) {
    for (const caution of cautions) notes.push({ at: { file, line }, text: `job ${name} ${caution}` });
  }
  const orbJobs = config?.orbJobs ?? [];
  if (orbJobs.length > 0) {
    notes.push({
      at: { file },
      text: `${orbJobs.join(', ')}: jobs of orbs cannot stand under "test"; a job of your own can call the orb's commands`,
    });
  }
  if (config?.setup === true) notes.push({ at: { file }, text: 'a setup config: what it continues with was not read' });
  const [only, second] = draft.parts[0]?.environments ?? [];
  if (only !== undefined && second === undefined && isProduction(only.name)) {
    notes.push({ text: `${only.name} is the only environment: nothing proves the image before it` });
  }
  for (const file of repository.closed) notes.push({ at: { file }, text: 'may not be read, so it was not looked at' });
  if (repository.cut) notes.push({ text: `only the first ${repository.files.length} files were looked at` });
  return notes;
}

/** Dockerfiles that no part of the spec is built from. */
function othersOf({ dockerfiles }: Facts, { parts }: Draft): Facts['dockerfiles'] {
  return dockerfiles.filter(({ path }) => !parts.some(({ image }) => image.dockerfile === path));
}

/** Repositories of single environments that the one of a part takes the place of. */
function replacedBy(facts: Facts, { name, service, image }: DraftPart): readonly string[] {
  const view = service === undefined ? facts : viewOf(facts, service);
  return (chooseRepository(view, name)?.all ?? []).filter((text) => text !== image.repository.text);
}

function describeMigrations(facts: Facts, { parts }: Draft): readonly Note[] {
  const misplaced = parts.flatMap(({ image, environments }): readonly Note[] => {
    const tool = environments[0]?.migration;
    if (tool === undefined || isBelow(tool.folder, image.path)) return [];
    return [{ at: tool.at, text: `${tool.tool} is not in the build context ${image.path}: is it in the image?` }];
  });
  const views = parts.flatMap(({ service }) => (service === undefined ? [] : [viewOf(facts, service)]));
  const isOpen = ({ at }: Migration) => !views.some((view) => view.migrations.some((one) => one.at.file === at.file));
  const open = views.length === 0 ? [] : facts.migrations.filter(isOpen);
  const text = ({ tool }: Migration) => `${tool} is of no service alone: give one of them the migration`;
  return [...misplaced, ...open.map((migration) => ({ at: migration.at, text: text(migration) }))];
}

function describeRepositories(facts: Facts, { parts }: Draft): readonly Note[] {
  return parts.flatMap((part) => {
    const { text, origin } = part.image.repository;
    const replaced = origin === 'given' ? [] : replacedBy(facts, part);
    if (replaced.length === 0) return [];
    const what = `${text} takes the place of ${replaced.join(' and ')}`;
    return [{ text: `${what}: it has to be there, and every environment has to be allowed to pull from it` }];
  });
}

/** Numbered SQL that no tool was found for: which of it has run already, only whoever runs it knows. */
function describeSql({ migrations, repository }: Facts): readonly Note[] {
  const [first] = repository.files.filter((path) => /(^|\/)(\w*migrat\w*|sql|db)\/(.*\/)?V?\d[^/]*\.sql$/i.test(path));
  if (first === undefined || migrations.length > 0) return [];
  const text = 'SQL that nothing here runs: "migration" of an environment takes the command that does';
  return [{ at: { file: first }, text }];
}
