import { ORB_NAME, VERSION } from '../../../version.js';
import type { Plain } from '../../plain.js';

/** The registry of the examples: one of ECR's, which a role pushes to. */
export const REPOSITORY = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop';

/** The role of the jobs that build and publish. */
export const PUSH_ROLE = roleOf('push');

/** The role of an environment. */
export function roleOf(name: string): string {
  return `arn:aws:iam::123456789012:role/shop-${name}`;
}

/** Where an environment runs: an EKS cluster of its name, with a role of its own. */
export function cluster(environment: string, region = 'us-east-1'): Plain {
  return {
    repository: REPOSITORY,
    role: roleOf(environment),
    eks: environment,
    region,
    namespace: 'shop',
    workloads: 'deployment/web',
  };
}

/** The lock of an environment, so that no two pipelines deploy to it at once. It is of the whole organization. */
export function serialGroup(environment: string): string {
  return `<< pipeline.project.slug >>/${environment}`;
}

/** An example: what it is for, and a whole config that does it. */
export function example(description: string, config: Plain): Plain {
  return { description, usage: { version: 2.1, orbs: { 'build-once': `${ORB_NAME}@${VERSION}` }, ...config } };
}

/** A config with one workflow, of pushes to main. */
export function onMain(jobs: readonly unknown[]): Plain {
  return { workflows: { deliver: { when: 'pipeline.git.branch == "main"', jobs } } };
}

/** The job that builds linux/amd64. */
export function build(values: Plain): Plain {
  return { 'build-once/build': { name: 'build', platform: 'linux/amd64', ...values } };
}

/** The job that publishes what was built. */
export function publish(requires: readonly string[], values: Plain): Plain {
  return { 'build-once/publish': { name: 'publish', ...values, requires } };
}

/** The job that deploys to an environment. */
export function deploy(environment: string, requires: string, values: Plain): Plain {
  return {
    'build-once/deploy': {
      name: `deploy-${environment}`,
      'serial-group': serialGroup(environment),
      environment,
      ...values,
      requires: [requires],
    },
  };
}

/** A person's approval. */
export function approval(name: string, requires: string): Plain {
  return { [name]: { type: 'approval', requires: [requires] } };
}
