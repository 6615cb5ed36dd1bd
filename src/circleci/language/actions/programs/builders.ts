import type { Recipe } from '../action.js';
import { readArguments } from '../arguments.js';
import type { Call, Doing, Program } from '../program.js';

function recipeOf(call: Call, parts: Partial<Recipe>): Recipe {
  const directory = call.variables.get('PWD') ?? '';
  return { directory, file: '', context: '', target: '', platform: '', args: '', ...parts };
}

/** https://buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/cli/pack_build/ */
const pack: Program = (call) => {
  const given = readArguments(call.words, new Set(['--publish', '--clear-cache', '--trust-builder', '-q', '-v']));
  const [verb, reference] = given.positional;
  if (verb !== 'build' || reference === undefined) return [];
  const recipe = recipeOf(call, {
    file: given.value('-d', '--descriptor') ?? '',
    context: given.value('-p', '--path') ?? '',
    target: given.value('-B', '--builder') ?? '',
    platform: given.value('--platform') ?? '',
    args: [...given.values('-e', '--env')].sort().join(' '),
  });
  const references = [reference, ...given.values('-t', '--tag')];
  return [{ kind: 'build', recipe, references, pushes: given.has('--publish') }];
};

/** https://docs.earthly.dev/docs/earthly-command: `earthly --push +image`. */
const earthly: Program = (call) => {
  const given = readArguments(call.words, new Set(['--push', '-P', '--ci', '--no-cache', '--no-output', '--strict']));
  const target = given.positional.find((word) => word.includes('+'));
  if (target === undefined) return [];
  const args = [...given.values('--build-arg'), ...given.positional.slice(given.positional.indexOf(target) + 1)];
  const recipe = recipeOf(call, { file: 'Earthfile', target, args: args.sort().join(' ') });
  // The names of its images are in its file.
  return [{ kind: 'build', recipe, references: [], pushes: given.has('--push') }];
};

/** https://ko.build/reference/ko_build/: pushes below KO_DOCKER_REPO unless it is told not to. */
const ko: Program = (call) => {
  const given = readArguments(call.words, new Set(['-B', '--bare', '--base-import-paths', '-P', '-L', '--local']));
  const [verb = '', ...paths] = given.positional;
  if (!/^(?:build|publish|apply|resolve)$/.test(verb)) return [];
  const repository = call.variables.get('KO_DOCKER_REPO') ?? '$KO_DOCKER_REPO';
  const pushes = !given.has('-L', '--local') && given.value('--push') !== 'false';
  const file = given.value('-f', '--filename') ?? '';
  const context = [...paths].sort().join(' ');
  const recipe = recipeOf(call, { file, context, platform: given.value('--platform') ?? '' });
  const references = [repository, ...given.values('-t', '--tags').map((tag) => `${repository}:${tag}`)].slice(-1);
  const target = { environment: '', cluster: '', namespace: '', name: file };
  return [
    { kind: 'build', recipe, references, pushes },
    ...(verb === 'apply' ? [{ kind: 'deploy', target, references: [], awaited: undefined } as const] : []),
  ];
};

const JIB = /^(?:\S*:)?jib(?::build|:dockerBuild|DockerBuild)?$|:jib-maven-plugin(?::[\d.]+)?:(?:build|dockerBuild)$/;

/** Jib, as a goal of Maven or a task of Gradle: https://github.com/GoogleContainerTools/jib */
export function readJib(call: Call): readonly Doing[] {
  const given = readArguments(call.words, new Set(['-B', '-q', '-e', '-X', '-U', '-o', '--no-daemon', '--info']));
  const task = call.words.find((word) => JIB.test(word));
  if (task === undefined) return [];
  const property = (name: string) =>
    call.words.find((word) => word.startsWith(`-D${name}=`) || word.startsWith(`-P${name}=`))?.replace(/^[^=]*=/, '');
  const image = property('image') ?? property('jib.to.image') ?? given.value('--image');
  const recipe = recipeOf(call, { target: task.replace(/jib.*$/, ''), context: given.value('-pl', '-p') ?? '' });
  return [{ kind: 'build', recipe, references: image === undefined ? [] : [image], pushes: !/docker/i.test(task) }];
}

/** Programs that build images and do nothing else of interest, by their names. */
export const builders: Readonly<Record<string, Program>> = { pack, earthly, ko };
