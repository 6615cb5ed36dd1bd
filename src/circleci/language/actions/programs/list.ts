import type { Program } from '../program.js';
import { aws, ecs, ecsDeploy, ecspresso } from './aws.js';
import { builders } from './builders.js';
import { deployers } from './deployers.js';
import { docker, dockerCompose, kaniko } from './docker.js';
import { helm, kubectl } from './kubernetes.js';
import { buildOnce, buildTool, circleci, gcloud, heroku, migration } from './others.js';

/** Every program that is recognised, by the name it is called by, without its folder. */
const programs: Readonly<Record<string, Program>> = {
  docker,
  podman: docker,
  buildah: docker,
  nerdctl: docker,
  'docker-compose': dockerCompose,
  executor: kaniko,
  kubectl,
  oc: kubectl,
  helm,
  helm3: helm,
  aws,
  ecs,
  'ecs-deploy': ecsDeploy,
  ecspresso,
  gcloud,
  heroku,
  'build-once': buildOnce,
  circleci,
  'circleci-agent': circleci,
  mvn: buildTool,
  mvnw: buildTool,
  gradle: buildTool,
  gradlew: buildTool,
  ...builders,
  ...deployers,
};

/** Programs that do nothing but say or look. */
const SILENT = new Set([
  'echo',
  'printf',
  'cat',
  'cd',
  'export',
  'test',
  '[',
  '[[',
  'grep',
  'sed',
  'ls',
  'cp',
  'mv',
  'rm',
]);

/** Whether a program is recognised by its name. */
export function isKnown(name: string): boolean {
  return Object.hasOwn(programs, name);
}

/** What recognises a program; every other one may migrate a database, whatever it is called. */
export function programOf(name: string): Program | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (SILENT.has(base)) return undefined;
  return Object.hasOwn(programs, base) ? programs[base] : migration;
}
