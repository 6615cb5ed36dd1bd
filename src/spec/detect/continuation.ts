import type { Yaml } from '../../yaml/parse.js';
import { readInvocations } from './invocations.js';
import { chooseNamed } from './named-for.js';
import { mappingOf, textOf } from './repository.js';

/** What a setup config continues with, and what makes it do so. */
export interface Continuation {
  /** The setup config. */
  readonly setup: string;
  /** The config that it continues with. */
  readonly file: string;
  /** Pipeline parameters, each with a path that sets it, as far as it is one and no other pattern. */
  readonly mapping: readonly { readonly parameter: string; readonly path: string | undefined }[];
}

/** Of the orbs path-filtering (job filter, `config-path` and its default, `mapping`) and continuation (job continue). */
export function readContinuation(setup: Yaml): Continuation | undefined {
  const invocations = readInvocations(mappingOf(mappingOf(setup.value)['workflows']), setup);
  for (const { reference, values } of invocations) {
    const filters = reference.endsWith('/filter');
    if (!filters && !reference.endsWith('/continue')) continue;
    const named = textOf(values['config-path']) ?? textOf(values['configuration_path']);
    const file = named ?? (filters ? '.circleci/continue_config.yml' : undefined);
    if (file === undefined) continue;
    const lines = (textOf(values['mapping']) ?? '').split('\n').map((line) => line.trim().split(/\s+/));
    const mapping = lines.flatMap(([pattern = '', parameter]) =>
      parameter === undefined ? [] : [{ parameter, path: pathOf(pattern) }],
    );
    return { setup: setup.file, file: file.replace(/^\.\//, ''), mapping };
  }
  return undefined;
}

/** The paths that a setup config runs a service for; `run-all` is about every one. */
export function pathsOfMapping(
  continuation: Continuation,
  service: string,
  services: readonly string[],
): readonly string[] {
  return continuation.mapping.flatMap(({ parameter, path }) => {
    const owner = chooseNamed(parameter, services);
    const mine = owner === service || (owner === undefined && /(^|[^a-z])(all|everything)([^a-z]|$)/.test(parameter));
    return mine && path !== undefined && !path.startsWith('.circleci') ? [path] : [];
  });
}

/** `services/api` of `^services/api/.*`. */
function pathOf(pattern: string): string | undefined {
  const bare = pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/\/?\.[*+]$/, '')
    .replaceAll('\\', '');
  return /^[\w.@-]+(\/[\w.@-]+)*$/.test(bare) ? bare : undefined;
}
