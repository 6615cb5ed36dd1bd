import type { LaidEnvironment } from './layout.js';
import { list, PLACEHOLDER, type SpecLines, scalar, WIDTH } from './spec-lines.js';
import { isSure, type Value } from './value.js';

/**
 * Adds an environment, as far as it is said here.
 * @param at what it is in: empty for the spec, `services.api.`
 */
export function renderEnvironment(lines: SpecLines, environment: LaidEnvironment, at: string): void {
  const { name, trigger, approval } = environment;
  const indent = at === '' ? '  ' : '      ';
  const inner = `${indent}  `;
  const path = `${at}environments.${name}.`;
  lines.add(`${indent}${name}:`);
  if (trigger !== undefined) {
    if ('after' in trigger) lines.add(`${inner}after: ${trigger.after}`);
    else lines.put(inner, 'branch', `${path}branch`, trigger.branch, 'deployed by itself after a merge');
  }
  if (approval !== undefined) {
    lines.add(`${inner}approval: ${approval}`, lines.once('a person approves this in the CircleCI UI', undefined));
  }
  renderValues(lines, environment, inner, path);
}

/** Adds what environments share, or have of their own: context, role, cluster, workloads and migration. */
export function renderValues(lines: SpecLines, environment: LaidEnvironment, indent: string, at: string): void {
  const { context, role, migration } = environment;
  if (context !== undefined) lines.put(indent, 'context', `${at}context`, context);
  if (role !== undefined) lines.put(indent, 'role', `${at}role`, role);
  renderKubernetes(lines, environment, indent, at);
  if (migration === undefined) return;
  const { caution, command } = migration;
  const comment = caution === undefined ? undefined : lines.once(`a guess: ${caution}`, 'a guess');
  const line = lines.add(`${indent}migration: { command: ${list(command)} }`, comment);
  if (caution !== undefined) lines.guessed.push({ line, key: `${at}migration`, text: caution });
}

function renderKubernetes(
  { add, put, once, missing }: SpecLines,
  { access, namespace, workloads }: LaidEnvironment,
  indent: string,
  at: string,
): void {
  const ofCluster: readonly (readonly [string, Value])[] = access === undefined ? [] : Object.entries(access);
  const pairs: readonly (readonly [string, Value])[] = [
    ...ofCluster,
    ...(namespace === undefined ? [] : [['namespace', namespace] as const]),
  ];
  if (pairs.length === 0 && workloads === undefined) return;
  const sure = pairs.every(([, value]) => isSure(value)) && workloads?.length !== 0;
  const words = [
    ...pairs.map(([key, { text }]) => `${key}: ${scalar(text)}`),
    ...(workloads === undefined ? [] : [`workloads: ${list(workloads)}`]),
  ];
  const one = `${indent}kubernetes: { ${words.join(', ')} }`;
  if (sure && one.length <= WIDTH) {
    add(one);
    return;
  }
  add(`${indent}kubernetes:`);
  for (const [key, value] of pairs) put(`${indent}  `, key, `${at}kubernetes.${key}`, value);
  if (workloads === undefined) return;
  if (workloads.length > 0) add(`${indent}  workloads: ${list(workloads)}`);
  else {
    const why = 'the workloads that run the image: [deployment/web]';
    const line = add(`${indent}  workloads: [deployment/${PLACEHOLDER}]`, once(why, undefined));
    missing.push({ line, key: `${at}kubernetes.workloads`, text: why });
  }
}
