import { type Arguments, readArguments } from '../arguments.js';
import type { Doing, Program } from '../program.js';

const FLAGS = new Set([
  ...[
    '--push',
    '--load',
    '--pull',
    '--no-cache',
    '--quiet',
    '-q',
    '--rm',
    '--squash',
    '--compress',
    '--all-tags',
    '-a',
  ],
  ...[
    '--force-rm',
    '--disable-content-trust',
    '-D',
    '--debug',
    '--build',
    '--parallel',
    '--no-rm',
    '--with-dependencies',
  ],
]);

/** `docker`, `podman`, `buildah` and `nerdctl`: https://docs.docker.com/reference/cli/docker/ */
export const docker: Program = ({ words, variables }) => {
  const directory = variables.get('PWD') ?? '';
  const start = words.findIndex((word) => !word.startsWith('-'));
  const [group = '', ...rest] = words.slice(Math.max(start, 0));
  if (group === 'compose') return compose(rest, directory);
  const grouped = ['image', 'buildx', 'builder'].includes(group);
  const [verb, ...tail] = grouped ? rest : [group, ...rest];
  const given = readArguments(tail, FLAGS);
  const [first = '', second = ''] = given.positional;
  switch (verb) {
    case 'build':
    case 'bud':
    case 'build-using-dockerfile':
      return [build(given, directory)];
    case 'push':
      // Podman and Buildah take a name of its own for where it goes: `docker://ghcr.io/acme/shop:1`.
      return first === '' ? [] : [{ kind: 'push', reference: (second || first).replace(/^docker:\/\//, '') }];
    case 'bake':
      return [bake(given, directory)];
    case 'pull':
      return first === '' ? [] : [{ kind: 'pull', reference: first }];
    case 'tag':
      return second === '' ? [] : [{ kind: 'retag', from: first, to: second }];
    case 'imagetools': {
      const [from = ''] = given.positional.slice(1);
      return given.values('-t', '--tag').map((to): Doing => ({ kind: 'retag', from, to }));
    }
    default:
      return [];
  }
};

function build(given: Arguments, directory: string): Doing {
  const output = given.value('--output', '-o') ?? '';
  return {
    kind: 'build',
    recipe: {
      directory,
      file: given.value('-f', '--file') ?? '',
      context: given.positional[0] ?? '',
      target: given.value('--target') ?? '',
      platform: given.value('--platform', '--arch') ?? '',
      args: argsOf(given),
    },
    references: given.values('-t', '--tag'),
    pushes: given.has('--push') || output.includes('push'),
  };
}

/** `docker buildx bake`: https://docs.docker.com/reference/cli/docker/buildx/bake/ */
function bake(given: Arguments, directory: string): Doing {
  const settings = given.values('--set');
  const valuesOf = (key: RegExp) => settings.flatMap((one) => (key.test(one) ? [one.slice(one.indexOf('=') + 1)] : []));
  return {
    kind: 'build',
    recipe: {
      directory,
      file: given.values('-f', '--file').join(' ') || 'docker-bake.hcl',
      context: '',
      target: [...given.positional].sort().join(' '),
      platform: valuesOf(/^[^=]*\.platform=/).join(' '),
      args: settings
        .filter((one) => /^[^=]*\.args\./.test(one))
        .sort()
        .join(' '),
    },
    references: valuesOf(/^[^=]*\.tags=/),
    pushes: given.has('--push') || valuesOf(/^[^=]*\.output=/).some((one) => /registry|push/.test(one)),
  };
}

/** `docker compose`: https://docs.docker.com/reference/cli/docker/compose/build/ */
function compose(words: readonly string[], directory: string): readonly Doing[] {
  const given = readArguments(words, FLAGS);
  const [verb, ...services] = given.positional;
  if (verb === 'push') return [{ kind: 'push', reference: '' }];
  if (verb !== 'build') return [];
  const recipe = {
    directory,
    file: given.values('-f', '--file').join(' ') || 'compose.yaml',
    context: '',
    target: services.sort().join(' '),
    platform: '',
    args: argsOf(given),
  };
  return [{ kind: 'build', recipe, references: [], pushes: given.has('--push') }];
}

/** `docker-compose`, the same as a program of its own. */
export const dockerCompose: Program = ({ words, variables }) => compose(words, variables.get('PWD') ?? '');

/** `/kaniko/executor`: https://github.com/GoogleContainerTools/kaniko */
export const kaniko: Program = ({ words, variables }) => {
  const given = readArguments(
    words,
    new Set(['--cache', '--cleanup', '--single-snapshot', '--reproducible', '--no-push']),
  );
  const recipe = {
    directory: variables.get('PWD') ?? '',
    file: given.value('--dockerfile', '-f') ?? '',
    context: given.value('--context', '-c') ?? '',
    target: given.value('--target') ?? '',
    platform: given.value('--custom-platform', '--customPlatform') ?? '',
    args: argsOf(given),
  };
  const references = given.values('--destination', '-d');
  return references.length === 0 ? [] : [{ kind: 'build', recipe, references, pushes: !given.has('--no-push') }];
};

function argsOf(given: Arguments): string {
  return [...given.values('--build-arg', '--build-context')].sort().join(' ');
}
