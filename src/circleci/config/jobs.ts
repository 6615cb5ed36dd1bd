import type { Build, Delivery, Environment, Image, Target } from '../../delivery/delivery.js';
import { CONTAINER_CLASS, MACHINE_IMAGE, machineClass, NODE_IMAGE } from '../machines.js';
import {
  attachWorkspace,
  checkout,
  dockerJob,
  machineJob,
  type OrbAlias,
  type Plain,
  persistToWorkspace,
  type Step,
} from '../sdk.js';

/** Folder in which one job leaves its records for the next. */
const RECORDS = '.build-once';

/** Where the vendored program is. */
export const VENDORED_PROGRAM = '.circleci/build-once.mjs';

/** A job with the comment that stands above it. */
export interface CommentedJob {
  readonly name: string;
  readonly comment: string;
  readonly job: Plain;
}

/** The jobs of a delivery, in the order in which they run. */
export function makeJobs(delivery: Delivery, orb: OrbAlias): readonly CommentedJob[] {
  const { image, environments, install } = delivery;
  if (image === undefined) return [];
  // The vendored program is a file of the repository, so every job checks out; otherwise only those that build do.
  const vendored = install === 'vendored';
  const program = orb.call('install', vendored ? { path: VENDORED_PROGRAM } : {});
  const setUp = vendored ? [checkout(), program] : [program];
  return [
    ...image.builds.map((build) => makeBuild(image, build, orb, program)),
    makePublish(image, orb, setUp),
    ...environments.map((environment) => makeDeploy(image, environment, orb, setUp)),
  ];
}

function makeBuild(image: Image, { platform, job }: Build, orb: OrbAlias, program: Step): CommentedJob {
  const steps = [
    checkout(),
    program,
    orb.call('build_image', {
      repository: image.repository,
      platform,
      ...(image.dockerfile === 'Dockerfile' ? {} : { dockerfile: image.dockerfile }),
      ...(image.path === '.' ? {} : { context: image.path }),
      role: image.role,
    }),
    persistToWorkspace(RECORDS, ['.']),
  ];
  const comment = `Builds ${platform} on a machine of its own kind and pushes it by digest, without a tag.`;
  return { name: job, comment, job: machineJob(job, MACHINE_IMAGE, machineClass(platform), steps) };
}

function makePublish(image: Image, orb: OrbAlias, setUp: readonly Step[]): CommentedJob {
  const platforms = image.builds.map(({ platform }) => platform).join(',');
  const steps = [
    // A checkout needs an empty folder, so the workspace comes after it.
    ...setUp,
    attachWorkspace(RECORDS),
    orb.call('publish_image', { repository: image.repository, platforms, role: image.role }),
  ];
  const what = image.builds.length > 1 ? 'Joins the platforms into one image index and' : 'Publishes the image:';
  const comment = `${what} tags it with the commit SHA, once. From here on the digest never changes.`;
  return { name: image.publishJob, comment, job: dockerJob(image.publishJob, NODE_IMAGE, CONTAINER_CLASS, steps) };
}

function makeDeploy(image: Image, environment: Environment, orb: OrbAlias, setUp: readonly Step[]): CommentedJob {
  const { name, after, role, target, migration, job } = environment;
  const cluster = clusterOf(target, role);
  const steps = [
    ...setUp,
    orb.call('verify_image', { repository: image.repository, environment: name, after, role }),
    ...(migration === undefined
      ? []
      : [
          orb.call('run_migration', {
            environment: name,
            command: quoteCommand(migration.command),
            workload: migration.workload,
            ...cluster,
            ...(migration.timeout === '30m' ? {} : { timeout: migration.timeout }),
          }),
        ]),
    orb.call('deploy', { environment: name, workloads: target.workloads.join(','), ...cluster }),
    orb.call('pass_image', { repository: image.repository, environment: name, role }),
  ];
  const doing = `verify the digest,${migration === undefined ? '' : ' migrate the database,'} deploy, mark the digest as passed`;
  const proof = after === undefined ? '' : ` Only a digest that ${after} has run gets here.`;
  const comment = `Deploys ${name}: ${doing}.${proof}`;
  return { name: job, comment, job: dockerJob(job, NODE_IMAGE, CONTAINER_CLASS, steps) };
}

function clusterOf({ access, namespace }: Target, role: string | undefined): Plain {
  return access.kind === 'eks'
    ? { namespace, eks: access.cluster, region: access.region, role }
    : { namespace, kubeconfig: `$${access.variable}` };
}

/** A command as JSON. `<<` is written in another way that JSON has, since CircleCI would take it for a parameter. */
function quoteCommand(command: readonly string[]): string {
  return JSON.stringify(command).replaceAll('<<', '<\\u003c');
}
