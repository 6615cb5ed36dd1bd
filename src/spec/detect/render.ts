import { oneLine } from '../../diagnostic/one-line.js';
import { unreachable } from '../../result.js';
import type { Draft, DraftEnvironment, DraftImage, Value } from './draft.js';

/** What stands where something has to be filled in: refused by gen-config in every place that init writes it to. */
export const PLACEHOLDER = 'FILL IN';

/** The text of a spec, and its places that a person has to look at. */
export interface RenderedSpec {
  readonly text: string;
  readonly missing: readonly Mark[];
  readonly guessed: readonly Mark[];
}

export interface Mark {
  /** From 1. */
  readonly line: number;
  /** `staging.namespace`. */
  readonly key: string;
  readonly text: string;
}

interface Line {
  readonly text: string;
  readonly comment: string | undefined;
}

const SCHEMA = '# yaml-language-server: $schema=https://unpkg.com/gen-config/generated/schema.json';

/** A mapping that fits into this many characters stands on one line; a comment that does not stands above. */
const WIDTH = 140;

/** Writes a draft as a person would: short, with a comment where something is a guess or to be filled in. */
export function renderSpec(
  draft: Draft,
  remarks: { readonly noTests?: string; readonly environments?: string } = {},
): RenderedSpec {
  const lines: Line[] = [];
  const missing: Mark[] = [];
  const guessed: Mark[] = [];
  const told = new Set<string>();
  /** Each explanation stands once; a guess is always called one. */
  const once = (comment: string, short: string | undefined): string | undefined => {
    if (told.has(comment)) return short;
    told.add(comment);
    return comment;
  };
  /** Returns the number of the line. */
  const add = (text: string, comment?: string): number => {
    const above = comment !== undefined && text.length + comment.length > WIDTH;
    if (above) lines.push({ text: `${/^ */.exec(text)?.[0] ?? ''}# ${comment}`, comment: undefined });
    return lines.push({ text, comment: above ? undefined : comment });
  };
  const put = (indent: string, key: string, path: string, value: Value, otherwise?: string) => {
    switch (value.origin) {
      case 'missing': {
        const line = add(`${indent}${key}: ${PLACEHOLDER}`, once(value.why, otherwise));
        missing.push({ line, key: path, text: value.why });
        return;
      }
      case 'guessed': {
        const line = add(`${indent}${key}: ${scalar(value.text)}`, once(`a guess: ${value.why}`, 'a guess'));
        guessed.push({ line, key: path, text: `${value.text} (${value.why})` });
        return;
      }
      case 'given':
      case 'found':
        add(`${indent}${key}: ${scalar(value.text)}`, otherwise);
        return;
      default:
        unreachable(value.origin);
    }
  };

  add(SCHEMA);
  add('version: 1');
  if (draft.image !== undefined) addImage(draft.image);
  if (draft.tests.length > 0) {
    add(`test: ${list(draft.tests)}`, 'jobs of .circleci/base.yml that must pass first');
  } else if (remarks.noTests !== undefined) add(`# test: [unit]`, remarks.noTests);
  if (draft.environments.length > 0) {
    const usual = draft.environmentsGuessed === undefined ? undefined : 'a guess: the usual two';
    const line = add('environments:', remarks.environments ?? usual);
    if (usual !== undefined) {
      guessed.push({ line, key: 'environments', text: draft.environments.map(({ name }) => name).join(', ') });
    }
    for (const environment of draft.environments) addEnvironment(environment);
  }
  return { text: align(lines), missing, guessed };

  function addImage({ repository, role, context, platforms, dockerfile, path }: DraftImage): void {
    add('image:');
    put('  ', 'repository', 'image.repository', repository);
    if (role !== undefined) put('  ', 'role', 'image.role', role);
    if (context !== undefined) put('  ', 'context', 'image.context', context);
    if (platforms.names.join() !== 'linux/amd64' || platforms.comment !== undefined) {
      const line = add(`  platforms: ${list(platforms.names)}`, platforms.comment);
      if (platforms.comment?.includes('guess') === true) {
        guessed.push({ line, key: 'image.platforms', text: platforms.comment });
      }
    }
    if (dockerfile !== 'Dockerfile') add(`  dockerfile: ${scalar(dockerfile)}`);
    if (path !== '.') add(`  path: ${scalar(path)}`, once('the folder that the build may read', undefined));
  }

  function addEnvironment(environment: DraftEnvironment): void {
    const { name, trigger, approval, context, role, access, namespace, workloads, migration } = environment;
    const at = (key: string) => `environments.${name}.${key}`;
    add(`  ${name}:`);
    if ('after' in trigger) add(`    after: ${trigger.after}`);
    else put('    ', 'branch', at('branch'), trigger.branch, 'deployed by itself after a merge');
    if (approval !== undefined)
      add(`    approval: ${approval}`, once('a person approves this in the CircleCI UI', undefined));
    put('    ', 'context', at('context'), context);
    if (role !== undefined) put('    ', 'role', at('role'), role);
    addKubernetes(access, namespace, workloads, at);
    if (migration !== undefined) {
      const { caution, command } = migration;
      const comment = caution === undefined ? undefined : once(`a guess: ${caution}`, 'a guess');
      const line = add(`    migration: { command: ${list(command)} }`, comment);
      if (caution !== undefined) guessed.push({ line, key: at('migration'), text: caution });
    }
  }

  function addKubernetes(
    access: DraftEnvironment['access'],
    namespace: Value,
    workloads: readonly string[],
    at: (key: string) => string,
  ): void {
    const pairs: readonly (readonly [string, Value])[] = [...Object.entries(access), ['namespace', namespace]];
    const sure = pairs.every(([, { origin }]) => origin === 'given' || origin === 'found') && workloads.length > 0;
    const words = [...pairs.map(([key, { text }]) => `${key}: ${scalar(text)}`), `workloads: ${list(workloads)}`];
    const one = `    kubernetes: { ${words.join(', ')} }`;
    if (sure && one.length <= WIDTH) {
      add(one);
      return;
    }
    add('    kubernetes:');
    for (const [key, value] of pairs) put('      ', key, at(`kubernetes.${key}`), value);
    if (workloads.length > 0) add(`      workloads: ${list(workloads)}`);
    else {
      const why = 'the Deployments that run the image: [deployment/web]';
      const line = add(`      workloads: [deployment/${PLACEHOLDER}]`, once(why, undefined));
      missing.push({ line, key: at('kubernetes.workloads'), text: why });
    }
  }
}

/** The lines, with their comments below each other as far as that is possible. */
function align(lines: readonly Line[]): string {
  const short = lines
    .filter(({ text, comment }) => comment !== undefined && text.length <= 64)
    .map(({ text }) => text.length);
  const column = Math.max(0, ...short) + 2;
  const written = lines.map(({ text, comment }) => {
    if (comment === undefined) return text;
    return `${text.padEnd(Math.max(column, text.length + 2))}# ${oneLine(comment)}`;
  });
  return `${written.join('\n')}\n`;
}

function list(items: readonly string[]): string {
  return `[${items.map(scalar).join(', ')}]`;
}

/** A string as YAML, without quotes where it reads the same under every version of YAML, in flow style too. */
function scalar(text: string): string {
  const plain = /^(-{0,2}[A-Za-z./]|\$\()[A-Za-z0-9_./@+=()$~-]*(:+[A-Za-z0-9_./@+=()$~-]+)*$/.test(text);
  const word = /^(true|false|null|yes|no|on|off|y|n|[.-].*(inf|nan)|\.+|-+)$/i.test(text);
  const digits = /^\d{12}\.dkr\.ecr\.[a-z0-9./_-]+$/.test(text);
  return (plain && !word) || digits ? text : JSON.stringify(text);
}
