import { findRepositories } from './choose-repository.js';
import type { Facts } from './detect.js';
import type { Draft } from './draft.js';
import { isProduction } from './environments.js';
import { isBelow, type Note } from './repository.js';

/** What was found, in the order of the spec: one note each, with its place. */
export function describeFindings(facts: Facts, draft: Draft): readonly Note[] {
  const { git, dockerfiles, manifests, charts, taskDefinitions, migrations, config } = facts;
  const [dockerfile, ...others] = dockerfiles;
  const notes: Note[] = [];
  const note = (text: string, at?: Note['at']) => notes.push({ text, ...(at === undefined ? {} : { at }) });
  if (git.remote !== undefined) note(`remote ${git.remote.name}`, git.remote.at);
  if (git.branch.sure) note(`default branch ${git.branch.name}`, { file: '.git/refs/remotes/origin/HEAD' });
  if (dockerfile !== undefined) {
    const { image, at } = dockerfile.base ?? {};
    const from = image === undefined ? '' : `, last stage from ${image}`;
    note(`the image${from}, build context ${dockerfile.context}`, at ?? { file: dockerfile.path });
    if (!dockerfile.platforms.guess)
      note(`${dockerfile.platforms.names.join()}: ${dockerfile.platforms.why}`, dockerfile.platforms.at);
    for (const { path } of others) note('another Dockerfile, not in the spec', { file: path });
  }
  for (const { text, at } of findRepositories(facts)) {
    const chosen = text === draft.image?.repository.text;
    note(`image repository ${text}${chosen ? '' : ', not in the spec'}`, at);
  }
  for (const one of manifests.overlays) {
    const namespace = one.namespace === undefined ? '' : `, namespace ${one.namespace}`;
    note(`kustomize overlay ${one.environment}${namespace}`, one.at);
  }
  const used = new Set(draft.environments.flatMap(({ workloads }) => workloads));
  const seen = new Set<string>();
  for (const { name, namespace, environment, at } of manifests.deployments) {
    const said = environment === undefined || namespace?.includes(environment) === true;
    const where = `${namespace === undefined ? '' : `, namespace ${namespace}`}${said ? '' : `, for ${environment}`}`;
    const text = `Deployment ${name}${where}${used.has(`deployment/${name}`) ? '' : ', not in the spec'}`;
    if (!seen.has(text)) note(text, at);
    seen.add(text);
  }
  for (const chart of charts) {
    note(`Helm chart ${chart.name}`, chart.at);
    for (const { name, file } of chart.environments) note(`values of ${name}`, { file });
    for (const { name, at } of chart.workloads) note(`Deployment ${name}`, at);
    for (const at of chart.templated) note('a Deployment whose name only Helm knows', at);
  }
  for (const { family, containers, at } of taskDefinitions) {
    note(`ECS task definition ${family}, containers ${containers.map(({ name }) => name).join(', ')}`, at);
  }
  for (const { tool, command, at } of migrations) {
    const chosen = command === draft.environments[0]?.migration?.command;
    note(`${tool}: ${command.join(' ')}${chosen || draft.image === undefined ? '' : ', not in the spec'}`, at);
  }
  for (const { name, line } of config?.jobs.filter(({ test }) => test) ?? []) {
    note(`job ${name} runs on every branch and tests`, { file: config?.yaml.file ?? '', line });
  }
  return notes;
}

/** What a person has to look at although the spec is complete. */
export function describeCautions(facts: Facts, draft: Draft): readonly Note[] {
  const { dockerfiles, charts, taskDefinitions, migrations, config, repository } = facts;
  const notes: Note[] = [...facts.unreadable];
  const [dockerfile, ...others] = dockerfiles;
  const services = others.filter(({ path }) => !/(dev|test|ci|local)/i.test(path));
  if (services.length > 0) {
    notes.push({
      text: `init writes one image: ${dockerfile?.path} is in the spec, ${services.map(({ path }) => path).join(', ')} is not. Several stand under "services"`,
    });
  }
  if (charts.length > 0) {
    notes.push({ text: 'gen-config sets the image of the Deployments itself; helm upgrade must not set it back' });
  }
  if (taskDefinitions.length > 0) {
    notes.push({ text: 'ECS is not a target yet: gen-config deploys to Kubernetes' });
  }
  const [tool] = migrations;
  if (dockerfile !== undefined && tool !== undefined && !isBelow(tool.folder, dockerfile.context)) {
    notes.push({
      at: tool.at,
      text: `${tool.tool} is not in the build context ${dockerfile.context}: is it in the image?`,
    });
  }
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
  const [only, second] = draft.environments;
  if (only !== undefined && second === undefined && isProduction(only.name)) {
    notes.push({ text: `${only.name} is the only environment: nothing proves the image before it` });
  }
  if (repository.cut) notes.push({ text: `only the first ${repository.files.length} files were looked at` });
  return notes;
}
