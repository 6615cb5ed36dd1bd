import { NOWHERE, type Target } from '../action.js';
import { readArguments } from '../arguments.js';
import { isMigration, isMigrationCommand } from '../migration.js';
import type { Program } from '../program.js';
import { readJib } from './builders.js';

/** `gcloud run deploy`, `gcloud app deploy`, `gcloud builds submit`: https://cloud.google.com/sdk/gcloud/reference */
export const gcloud: Program = ({ words }) => {
  const flags = new Set([
    '--quiet',
    '-q',
    '--no-traffic',
    '--allow-unauthenticated',
    '--no-promote',
    '--promote',
    '--async',
  ]);
  const given = readArguments(words, flags);
  const [group = '', verb = '', name = ''] = given.positional.filter((word) => word !== 'beta' && word !== 'alpha');
  const target: Target = { ...NOWHERE, cluster: given.value('--project') ?? '', name };
  const image = given.value('--image', '--image-url');
  const references = image === undefined ? [] : [image];
  switch (`${group} ${verb}`) {
    case 'run deploy':
    case 'functions deploy':
    case 'app deploy':
      return [{ kind: 'deploy', target, references, awaited: !given.has('--async') }];
    case 'builds submit': {
      const tag = given.value('--tag', '-t');
      const recipe = {
        directory: '',
        file: '',
        context: given.positional[2] ?? '',
        target: '',
        platform: '',
        args: '',
      };
      return tag === undefined ? [] : [{ kind: 'build', recipe, references: [tag], pushes: true }];
    }
    default:
      return [];
  }
};

/** `heroku`: https://devcenter.heroku.com/articles/heroku-cli-commands */
export const heroku: Program = ({ words }) => {
  const given = readArguments(words, new Set(['--exit-code', '-x', '--recursive', '-R', '--no-tty']));
  const [verb = '', ...rest] = given.positional;
  const target: Target = { ...NOWHERE, name: given.value('-a', '--app', '-r', '--remote') ?? '' };
  switch (verb) {
    case 'container:release':
    case 'pipelines:promote':
      return [{ kind: 'deploy', target, references: [], awaited: undefined }];
    case 'run':
    case 'run:detached': {
      if (!isMigration(rest.join(' '))) return [];
      return [{ kind: 'migrate', target, awaited: verb === 'run' }];
    }
    case 'releases:rollback':
    case 'rollback':
      return [{ kind: 'undo', green: false }];
    default:
      return [];
  }
};

/** `circleci run release plan`: https://circleci.com/docs/guides/deploy/configure-deploy-markers/ */
export const circleci: Program = ({ words }) => {
  const given = readArguments(words, new Set(['--rollback']));
  const environment = given.value('--environment-name') ?? '';
  return given.positional.slice(0, 2).join(' ') === 'run release' && environment !== ''
    ? [{ kind: 'mark', environment }]
    : [];
};

/** `build-once` of this project: docs/orb.md. */
export const buildOnce: Program = ({ words: [verb], variables }) => {
  const target: Target = {
    environment: variables.get('BUILD_ONCE_ENVIRONMENT') ?? '',
    cluster: variables.get('BUILD_ONCE_EKS') ?? '',
    namespace: variables.get('BUILD_ONCE_NAMESPACE') ?? '',
    name: variables.get('BUILD_ONCE_WORKLOADS') ?? '',
  };
  switch (verb) {
    case 'build-image': {
      const recipe = {
        directory: variables.get('BUILD_ONCE_DIRECTORY') ?? '',
        file: variables.get('BUILD_ONCE_DOCKERFILE') ?? '',
        context: variables.get('BUILD_ONCE_CONTEXT') ?? '',
        target: variables.get('BUILD_ONCE_TARGET') ?? '',
        platform: variables.get('BUILD_ONCE_PLATFORM') ?? '',
        args: variables.get('BUILD_ONCE_ARGS') ?? '',
      };
      return [{ kind: 'build', recipe, references: [variables.get('BUILD_ONCE_REPOSITORY') ?? ''], pushes: true }];
    }
    case 'run-migration':
      return [{ kind: 'migrate', target, awaited: true }];
    case 'deploy':
      return [{ kind: 'deploy', target, references: [], awaited: true }];
    case 'rollback':
      return [{ kind: 'undo', green: false }];
    default:
      return [];
  }
};

/** Any program whose words say that a database is changed: `npx prisma migrate deploy`, `bundle exec rake db:migrate`. */
export const migration: Program = ({ program, words }) =>
  isMigrationCommand([program, ...words].join(' ')) ? [{ kind: 'migrate', target: NOWHERE, awaited: true }] : [];

/** Maven and Gradle: Jib builds images, and Flyway or Liquibase migrate. */
export const buildTool: Program = (call) => {
  const built = readJib(call);
  return built.length > 0 ? built : migration(call);
};
