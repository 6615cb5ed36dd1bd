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
      return first === '' ? [] : [{ kind: 'push', reference: first }];
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
