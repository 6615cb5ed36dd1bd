import { type Mapping, own } from '../../../yaml/mapping.js';
import { NOWHERE, type Recipe, type Target } from './action.js';
import { isMigration } from './migration.js';
import type { Doing, OrbElement } from './program.js';
import { afterEquals, imagesOfValues } from './programs/kubernetes.js';

/** What a job or command of an orb does, by its reference, `circleci/aws-ecr@9.0.0`, and its name. */
export function elementOf(reference: string, name: string): OrbElement | undefined {
  const orb = reference.replace(/@.*$/s, '');
  // Our own orb can be published under any namespace.
  return own(own(orbs, orb.endsWith('/build-once') ? 'build-once' : orb), name);
}

/** Jobs and commands by orb and name, `-` written as `_`: older majors of the same orb use the one, newer the other. */
const orbs: Readonly<Record<string, Readonly<Record<string, OrbElement>>>> = {
  // https://circleci.com/developer/orbs/orb/circleci/aws-ecr
  'circleci/aws-ecr': {
    build_and_push_image: (given) => [buildOf(given, text(given, 'repo'), given['push_image'] !== false)],
    build_image: (given) => [buildOf(given, text(given, 'repo'), given['push_image'] === true)],
    push_image: (given) => pushesOf(text(given, 'repo'), text(given, 'tag', 'latest')),
    tag_image: (given) =>
      split(text(given, 'target_tag', 'latest')).map((tag) => ({
        kind: 'retag',
        from: `${text(given, 'repo')}:${text(given, 'source_tag')}`,
        to: `${text(given, 'repo')}:${tag}`,
      })),
  },
  // https://circleci.com/developer/orbs/orb/circleci/aws-ecs
  'circleci/aws-ecs': {
    deploy_service_update: ecsService,
    update_service: ecsService,
    run_task: (given) =>
      isMigration(`${text(given, 'overrides')} ${text(given, 'task_definition')}`)
        ? [
            {
              kind: 'migrate',
              target: ecsTarget(given),
              awaited: 'exit_code_from' in given || text(given, 'run_task_output') !== '' ? undefined : false,
            },
          ]
        : [],
    verify_revision_is_deployed: () => [{ kind: 'wait' }],
  },
  // https://circleci.com/developer/orbs/orb/circleci/aws-eks
  'circleci/aws-eks': {
    update_container_image: setImage,
    create_or_update_resource: applyResource,
    get_rollout_status: () => [{ kind: 'wait' }],
    install_helm_chart: helmChart,
  },
  // https://circleci.com/developer/orbs/orb/circleci/kubernetes
  'circleci/kubernetes': {
    update_container_image: setImage,
    create_or_update_resource: applyResource,
    get_rollout_status: () => [{ kind: 'wait' }],
    rollback: () => [{ kind: 'undo', green: false }],
  },
  // https://circleci.com/developer/orbs/orb/circleci/helm
  'circleci/helm': { upgrade_helm_chart: helmChart, install_helm_chart: helmChart },
  // https://circleci.com/developer/orbs/orb/circleci/docker
  'circleci/docker': {
    publish: (given) => [buildOf(given, text(given, 'image'), given['deploy'] !== false, '$CIRCLE_SHA1')],
    build: (given) => [buildOf(given, text(given, 'image'), false, '$CIRCLE_SHA1')],
    push: (given) => pushesOf(text(given, 'image'), text(given, 'tag', '$CIRCLE_SHA1')),
    pull: (given) => split(text(given, 'images')).map((reference) => ({ kind: 'pull', reference })),
  },
  // https://circleci.com/developer/orbs/orb/circleci/deploys
  'circleci/deploys': {
    plan: (given) => [{ kind: 'mark', environment: text(given, 'environment_name') }],
    log: (given) => [{ kind: 'mark', environment: text(given, 'environment_name') }],
  },
  // docs/orb.md
  'build-once': {
    build: (given) => [buildOnce(given)],
    build_image: (given) => [buildOnce(given)],
    run_migration: (given) => [{ kind: 'migrate', target: buildOnceTarget(given), awaited: true }],
    deploy: (given) => [{ kind: 'deploy', target: buildOnceTarget(given), references: [], awaited: true }],
    rollback: () => [{ kind: 'undo', green: false }],
  },
  // https://circleci.com/developer/orbs/orb/circleci/gcp-gcr
  'circleci/gcp-gcr': {
    build_and_push_image: (given) => [buildOf(given, text(given, 'image'), true)],
    build_image: (given) => [buildOf(given, text(given, 'image'), false)],
    push_image: (given) => pushesOf(text(given, 'image'), text(given, 'tag', 'latest')),
  },
  // https://circleci.com/developer/orbs/orb/circleci/gcp-cloud-run
  'circleci/gcp-cloud-run': {
    deploy: (given) => [
      {
        kind: 'deploy',
        target: { ...NOWHERE, cluster: text(given, 'cluster'), name: text(given, 'service_name') },
        references: nonEmpty(text(given, 'image')),
        awaited: true,
      },
    ],
  },
  // https://circleci.com/developer/orbs/orb/circleci/azure-acr
  'circleci/azure-acr': {
    build_and_push_image: (given) => [buildOf(given, text(given, 'repo'), true)],
    build_image: (given) => [buildOf(given, text(given, 'repo'), false)],
  },
  // https://circleci.com/developer/orbs/orb/circleci/heroku
  'circleci/heroku': {
    deploy_via_git: herokuApp,
    push_docker_image: (given) => [
      { kind: 'build', recipe: recipeOf(given), references: [text(given, 'app_name')], pushes: true },
    ],
    release_docker_image: herokuApp,
  },
};

function text(given: Mapping, name: string, fallback = ''): string {
  const value = given[name];
  return value === undefined || value === null || typeof value === 'object' ? fallback : String(value);
}

function split(list: string): readonly string[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function nonEmpty(value: string): readonly string[] {
  return value === '' ? [] : [value];
}

/** Both orbs that build take the folder of the Dockerfile apart from the build's own, and the rest as flags. */
function recipeOf(given: Mapping): Recipe {
  const flags = text(given, 'extra_build_args');
  return {
    directory: '',
    file: `${text(given, 'path', '.')}/${text(given, 'dockerfile', 'Dockerfile')}`,
    context: text(given, 'build_path', text(given, 'docker_context', text(given, 'path', '.'))),
    target: /--target[ =](\S+)/.exec(flags)?.[1] ?? '',
    platform: text(given, 'platform', /--platform[ =](\S+)/.exec(flags)?.[1] ?? ''),
    args: flags,
  };
}

function buildOf(given: Mapping, repository: string, pushes: boolean, tag = 'latest'): Doing {
  const references = split(text(given, 'tag', tag)).map((one) => `${repository}:${one}`);
  return { kind: 'build', recipe: recipeOf(given), references, pushes };
}

function pushesOf(repository: string, tags: string): readonly Doing[] {
  return split(tags).map((tag) => ({ kind: 'push', reference: `${repository}:${tag}` }));
}

function ecsTarget(given: Mapping): Target {
  const cluster = text(given, 'cluster', text(given, 'cluster_name'));
  return { ...NOWHERE, cluster, name: text(given, 'service_name', text(given, 'family')) };
}

/** `container=web,tag=1.2,container=log,image-and-tag=repo:3`; a tag alone is given as `:1.2`. */
function ecsService(given: Mapping): readonly Doing[] {
  const updates = split(text(given, 'container_image_name_updates'));
  const references = updates.flatMap((one) => {
    const [, key, value = ''] = /^(tag|image-and-tag)=(.*)$/s.exec(one) ?? [];
    return key === undefined ? [] : [key === 'tag' ? `:${value}` : value];
  });
  const refetches = updates.length === 0 && given['force_new_deployment'] === true;
  const awaited =
    given['verify_revision_is_deployed'] === true || text(given, 'deployment_controller') === 'CODE_DEPLOY';
  return [{ kind: 'deploy', target: ecsTarget(given), references, awaited, ...(refetches ? { refetches } : {}) }];
}

function setImage(given: Mapping): readonly Doing[] {
  const target = { ...kubernetesTarget(given), name: text(given, 'resource_name') };
  const references = text(given, 'container_image_updates')
    .split(/\s+/)
    .filter((one) => one.includes('='))
    .map(afterEquals);
  return [{ kind: 'deploy', target, references, awaited: given['get_rollout_status'] === true }];
}

function applyResource(given: Mapping): readonly Doing[] {
  const name = text(given, 'resource_file_path');
  if (isMigration(name)) return [{ kind: 'migrate', target: kubernetesTarget(given), awaited: false }];
  return [{ kind: 'deploy', target: { ...kubernetesTarget(given), name }, references: [], awaited: undefined }];
}

function helmChart(given: Mapping): readonly Doing[] {
  if (given['dry_run'] === true) return [];
  const target = { ...kubernetesTarget(given), name: text(given, 'release_name') };
  const references = imagesOfValues(text(given, 'values_to_override'));
  const awaited = ['wait', 'atomic', 'wait_for_jobs'].some((key) => given[key] === true);
  return [{ kind: 'deploy', target, references, awaited }];
}

function kubernetesTarget(given: Mapping): Target {
  return { ...NOWHERE, cluster: text(given, 'cluster_name'), namespace: text(given, 'namespace') };
}

function herokuApp(given: Mapping): readonly Doing[] {
  return [
    { kind: 'deploy', target: { ...NOWHERE, name: text(given, 'app_name') }, references: [], awaited: undefined },
  ];
}

function buildOnce(given: Mapping): Doing {
  const recipe = {
    directory: '',
    file: text(given, 'dockerfile'),
    context: text(given, 'context'),
    target: text(given, 'target'),
    platform: text(given, 'platform'),
    args: text(given, 'args'),
  };
  return { kind: 'build', recipe, references: [text(given, 'repository')], pushes: true };
}

function buildOnceTarget(given: Mapping): Target {
  const [environment, namespace] = [text(given, 'environment'), text(given, 'namespace')];
  return { environment, namespace, cluster: text(given, 'eks'), name: text(given, 'workloads') };
}
