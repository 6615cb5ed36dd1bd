import type { Draft } from './draft.js';
import type { DraftLogin } from './draft-login.js';
import { type LaidImage, type LaidService, layOut } from './layout.js';
import { renderEnvironment, renderValues } from './render-environment.js';
import { list, type Mark, type SpecLines, scalar, startLines, WIDTH } from './spec-lines.js';
import { isSure } from './value.js';

/** The text of a spec, and its places that a person has to look at. */
export interface RenderedSpec {
  readonly text: string;
  readonly missing: readonly Mark[];
  readonly guessed: readonly Mark[];
}

const SCHEMA = '# yaml-language-server: $schema=https://unpkg.com/gen-config/generated/schema.json';

const TESTS = 'jobs of .circleci/base.yml that must pass first';

/** Writes a draft as a person would: short, with a comment where something is a guess or to be filled in. */
export function renderSpec(
  draft: Draft,
  remarks: { readonly noTests?: string; readonly environments?: string } = {},
): RenderedSpec {
  const { image, tests, environments, services } = layOut(draft);
  const lines = startLines();
  const { add, once, guessed } = lines;
  add(SCHEMA);
  add('version: 1');
  if (image !== undefined) renderImage(lines, image, '', services.length === 0);
  if (tests.length > 0) add(`test: ${list(tests)}`, once(TESTS, undefined));
  else if (remarks.noTests !== undefined) add(`# test: [unit]`, remarks.noTests);
  if (environments.length > 0) {
    const usual = draft.environmentsGuessed === undefined ? undefined : 'a guess: the usual two';
    const line = add('environments:', remarks.environments ?? usual);
    if (usual !== undefined) {
      guessed.push({ line, key: 'environments', text: environments.map(({ name }) => name).join(', ') });
    }
    for (const environment of environments) renderEnvironment(lines, environment, '');
  }
  if (services.length > 0) add('services:', 'a push runs those whose paths have changed');
  for (const service of services) renderService(lines, service);
  return { text: lines.format(), missing: lines.missing, guessed };
}

function renderService(lines: SpecLines, service: LaidService): void {
  const { name, paths, image, defaults, environments } = service;
  const at = `services.${name}.`;
  lines.add(`  ${name}:`);
  if (paths !== undefined) lines.add(`    paths: ${list(paths)}`);
  renderImage(lines, image, `services.${name}.`, false);
  if (service.tests.length > 0) lines.add(`    test: ${list(service.tests)}`, lines.once(TESTS, undefined));
  const { name: _, ...values } = defaults;
  if (Object.values(values).some((value) => value !== undefined)) {
    lines.add('    defaults:');
    renderValues(lines, defaults, '      ', `${at}defaults.`);
  }
  if (environments.length > 0) lines.add('    environments:');
  for (const environment of environments) renderEnvironment(lines, environment, at);
}

/** @param whole the path of the build context stands there with the Dockerfile's, since only a service's image finds it */
function renderImage(lines: SpecLines, image: LaidImage, at: string, whole: boolean): void {
  const { add, put, once, guessed } = lines;
  const { repository, role, context, login, platforms, dockerfile, path } = image;
  const indent = at === '' ? '' : '    ';
  const shown =
    platforms !== undefined && (platforms.names.join() !== 'linux/amd64' || platforms.comment !== undefined);
  const where = [
    ...(path === undefined || path === '.' ? [] : [['path', path] as const]),
    ...(dockerfile === undefined || (!whole && dockerfile === `${path}/Dockerfile`) || dockerfile === 'Dockerfile'
      ? []
      : [['dockerfile', dockerfile] as const]),
  ];
  const hasAccess = role !== undefined || context !== undefined || login !== undefined;
  if (repository === undefined && !hasAccess && !shown) return;
  if (!whole && repository !== undefined && isSure(repository) && !hasAccess && !shown) {
    const pairs = [...where, ['repository', repository.text] as const].map(([key, text]) => `${key}: ${scalar(text)}`);
    const one = `${indent}image: { ${pairs.join(', ')} }`;
    if (one.length <= WIDTH) {
      add(one);
      return;
    }
  }
  add(`${indent}image:`);
  const inner = `${indent}  `;
  if (repository !== undefined) put(inner, 'repository', `${at}image.repository`, repository);
  if (role !== undefined) put(inner, 'role', `${at}image.role`, role);
  if (context !== undefined) put(inner, 'context', `${at}image.context`, context);
  if (login !== undefined) renderLogin(lines, login, inner, `${at}image.`);
  if (shown) {
    const line = add(`${inner}platforms: ${list(platforms.names)}`, platforms.comment);
    if (platforms.comment?.includes('guess') === true) {
      guessed.push({ line, key: `${at}image.platforms`, text: platforms.comment });
    }
  }
  for (const [key, text] of [...where].reverse()) {
    const comment = key === 'path' ? once('the folder that the build may read', undefined) : undefined;
    add(`${inner}${key}: ${scalar(text)}`, comment);
  }
}

function renderLogin({ add, put, once, guessed }: SpecLines, login: DraftLogin, indent: string, at: string): void {
  if (login.kind === 'identity') {
    add(`${indent}workload_identity:`);
    put(`${indent}  `, 'provider', `${at}workload_identity.provider`, login.provider);
    return;
  }
  const { username, password, guess } = login;
  const comment = guess === undefined ? undefined : once(`a guess: ${guess}`, 'a guess');
  const line = add(`${indent}login: { username: ${scalar(username)}, password: ${scalar(password)} }`, comment);
  if (guess !== undefined) guessed.push({ line, key: `${at}login`, text: `${username} and ${password} (${guess})` });
}
