import { parameters as builds } from '../../commands/build-image/declaration.js';
import { parameters as deployments } from '../../commands/deploy/declaration.js';
import { directory, order } from '../../commands/parameters.js';
import { parameters as promotions } from '../../commands/promote-image/declaration.js';
import { parameters as migrations } from '../../commands/run-migration/declaration.js';
import type { Build, Delivery, Environment, Image, Login, Migration, Part, Target } from '../../delivery/delivery.js';
import { CONTAINER_CLASS, KUBECTL_IMAGE, MACHINE_IMAGE, machineClass, NODE_IMAGE } from '../machines.js';
import type { Release } from '../orb/commands.js';
import { type Call, markerCalls } from '../orb/markers.js';
import type { Plain } from '../plain.js';
import {
  attachWorkspace,
  checkout,
  dockerJob,
  type Machine,
  machineJob,
  type OrbAlias,
  persistToWorkspace,
  run,
  type Step,
} from '../sdk.js';
import { VENDORED_PROGRAM } from './files.js';

/** Folder in which one job leaves its records for the next. */
const RECORDS = directory.default;

/** A job with the comment that stands above it. */
export interface CommentedJob {
  readonly name: string;
  readonly comment: string;
  readonly job: Plain;
}

/** The jobs of an image, in the order in which they run. */
export function makeJobs(part: Part, install: Delivery['install'], orb: OrbAlias): readonly CommentedJob[] {
  const { image, environments, component } = part;
  if (image === undefined) return [];
  const program = callInstall(install, orb);
  const withCheckout = [checkout(), program];
  // The vendored program is a file of the repository, so every job checks out; otherwise those that need its files or its
  // history do.
  const setUp = install === 'vendored' ? withCheckout : [program];
  return [
    ...image.builds.map((build) => makeBuild(image, build, orb, program)),
    makePublish(image, orb, setUp),
    ...environments.map((environment) =>
      makeDeploy(image, environment, component, orb, needsCheckout(environment) ? withCheckout : setUp),
    ),
  ];
}

/** Whether a deploy job reads the history of the repository, or manifests in it. */
function needsCheckout({ newerBy, target, migration }: Environment): boolean {
  return newerBy === 'history' || target.manifests !== undefined || migration?.manifest !== undefined;
}

/** The step that puts the program on the PATH; a vendored one is there after the checkout. */
export function callInstall(install: Delivery['install'], orb: OrbAlias): Step {
  return orb.call('install', install === 'vendored' ? { path: VENDORED_PROGRAM } : {});
}

/** The generator is not part of the vendored program, so this job takes it from npm either way. */
export function makeCheck(name: string, { version }: Release): CommentedJob {
  const steps = [checkout(), run('Check the config', `npx --yes gen-config@${version} check`)];
  const comment = 'Fails when this file is not what the spec says. It needs npm, and no context.';
  return { name, comment, job: dockerJob(name, NODE_IMAGE, CONTAINER_CLASS, steps) };
}

function makeBuild(image: Image, build: Build, orb: OrbAlias, program: Step): CommentedJob {
  const { platform, job } = build;
  const steps = [
    checkout(),
    program,
    orb.call('build_image', {
      repository: image.repository,
      platform,
      ...(image.dockerfile === builds.dockerfile.default ? {} : { dockerfile: image.dockerfile }),
      ...(image.path === builds.context.default ? {} : { context: image.path }),
      target: image.target,
      ...(Object.keys(image.args).length === 0 ? {} : { args: listJson(image.args) }),
      ...(image.secrets.length === 0 ? {} : { secrets: image.secrets.join(',') }),
      ...(image.cache === 'registry' ? { cache: 'registry' } : {}),
      ...(image.attestations.length === 0 ? {} : { attestations: image.attestations.join(',') }),
      ...loginOf(image.login),
    }),
    persistToWorkspace(RECORDS, ['.']),
  ];
  const comment = `Builds ${platform} on a machine of its own kind and pushes it by digest, without a tag.`;
  return { name: job, comment, job: machineJob(job, machineOf(build, image), steps) };
}

function machineOf({ platform, resourceClass, machineImage }: Build, { cache }: Image): Machine {
  const runner = resourceClass?.includes('/') === true;
  return {
    resourceClass: resourceClass ?? machineClass(platform),
    image: runner ? undefined : (machineImage ?? MACHINE_IMAGE),
    layerCaching: cache === 'layers',
  };
}

/** How a step logs in to a registry. */
function loginOf(login: Login): Plain {
  switch (login.kind) {
    case 'role':
      return { role: login.role };
    case 'variables':
      return { username: `$${login.username}`, password: `$${login.password}` };
    case 'workload-identity':
      return { workload_identity_provider: login.provider, service_account: login.serviceAccount };
  }
}

/** The step that brings the digest to the repository that the environment runs it from; none where that is the same. */
function promoteSteps({ repository }: Image, { login, destination }: Environment, orb: OrbAlias): readonly Step[] {
  if (destination === undefined) return [];
  const there = Object.entries(loginOf(destination.login)).map(([name, value]) => [`destination_${name}`, value]);
  return [
    orb.call('promote_image', {
      repository,
      destination: destination.repository,
      ...(destination.by === promotions.by.default ? {} : { by: destination.by }),
      ...loginOf(login),
      ...Object.fromEntries(there),
    }),
  ];
}

function makePublish(image: Image, orb: OrbAlias, setUp: readonly Step[]): CommentedJob {
  const platforms = image.builds.map(({ platform }) => platform).join(',');
  const steps = [
    // A checkout needs an empty folder, so the workspace comes after it.
    ...setUp,
    attachWorkspace(RECORDS),
    orb.call('publish_image', {
      repository: image.repository,
      platforms,
      ...(image.pointers.length === 0 ? {} : { pointers: image.pointers.join(',') }),
      ...loginOf(image.login),
    }),
  ];
  const what = image.builds.length > 1 ? 'Joins the platforms into one image index and' : 'Publishes the image:';
  const comment = `${what} tags it with the commit SHA, once. From here on the digest never changes.`;
  return { name: image.publishJob, comment, job: dockerJob(image.publishJob, NODE_IMAGE, CONTAINER_CLASS, steps) };
}

function makeDeploy(
  image: Image,
  environment: Environment,
  component: string | undefined,
  orb: OrbAlias,
  setUp: readonly Step[],
): CommentedJob {
  const { name, after, role, login, destination, target, migration, job, approvers, newerBy, rollback } = environment;
  const marker = markerSteps(name, component, orb);
  const cluster = clusterOf(target, role);
  const workloads = target.workloads.join(',');
  const back = rollback === deployments.rollback.default ? {} : { rollback };
  const applied = {
    ...(target.manifests === undefined ? {} : { manifests: target.manifests }),
    ...(target.containers.length === 0 ? {} : { containers: target.containers.join(',') }),
  };
  const compared = newerBy === order.newer_by.default ? {} : { newer_by: newerBy };
  const steps = [
    ...marker.plan,
    ...setUp,
    orb.call('verify_image', {
      repository: image.repository,
      environment: name,
      after,
      workloads,
      ...applied,
      destination: destination?.repository,
      ...compared,
      ...cluster,
      ...loginOf(login),
    }),
    ...marker.start,
    ...promoteSteps(image, environment, orb),
    ...(migration === undefined ? [] : [orb.call('run_migration', migrationCall(name, migration, cluster))]),
    orb.call('deploy', { environment: name, workloads, ...applied, ...back, ...compared, ...cluster }),
    orb.call('pass_image', { repository: image.repository, environment: name, ...loginOf(login) }),
    ...marker.end,
  ];
  const bring = destination === undefined ? '' : ` ${PROMOTING[destination.by]} ${destination.repository},`;
  const doing = `verify the digest and that nothing newer runs,${bring}${migration === undefined ? '' : ' migrate the database,'} deploy${rollback === 'none' ? '' : ' (and go back when that fails)'}, mark the digest as passed`;
  const proof = after === undefined ? '' : ` Only a digest that ${after} has run gets here.`;
  const note = approvers === undefined ? '' : ` Who may approve: ${approvers}`;
  const comment = `Deploys ${name}: ${doing}.${proof}${note}`;
  return { name: job, comment, job: dockerJob(job, imageOf(environment), CONTAINER_CLASS, steps) };
}

/** Manifests that are no file may be a kustomization. */
function imageOf({ target, migration }: Environment): string {
  const isFile = (path: string) => /\.(?:ya?ml|json)$/.test(path);
  return [target.manifests, migration?.manifest].every((path) => path === undefined || isFile(path))
    ? NODE_IMAGE
    : KUBECTL_IMAGE;
}

function migrationCall(environment: string, migration: Migration, cluster: Plain): Plain {
  const { command, workload, manifest, timeout, failedBefore, onCancel } = migration;
  return {
    environment,
    command: quoteJson(command),
    workload,
    manifest,
    ...cluster,
    ...(timeout === migrations.timeout.default ? {} : { timeout }),
    ...(failedBefore === migrations.failed_before.default ? {} : { failed_before: failedBefore }),
    ...(onCancel === migrations.on_cancel.default ? {} : { on_cancel: onCancel }),
  };
}

const PROMOTING = { copy: 'copy it to', replication: 'wait for its replica in' } as const;

/** The steps of a deploy marker; none where there is no component that it is of. */
function markerSteps(name: string, component: string | undefined, orb: OrbAlias) {
  if (component === undefined) return { plan: [], start: [], end: [] };
  const { plan, start, end } = markerCalls(name, component);
  const steps = (calls: readonly Call[]) => calls.map(([command, values]) => orb.call(command, values));
  return { plan: steps(plan), start: steps(start), end: steps(end) };
}

function clusterOf({ access, namespace }: Target, role: string | undefined): Plain {
  return access.kind === 'eks'
    ? { namespace, eks: access.cluster, region: access.region, role }
    : { namespace, kubeconfig: `$${access.variable}` };
}

/** JSON with a line for each key, so that a change of one is a change of a line. */
export function listJson(value: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(value).map(([key, member]) => `  ${quoteJson(key)}: ${quoteJson(member)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** A value as JSON. `<<` is written in another way that JSON has, since CircleCI would take it for a parameter. */
export function quoteJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<<', '<\\u003c');
}
