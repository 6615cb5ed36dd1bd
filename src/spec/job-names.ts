/** Names of the jobs that are generated, so that the spec can be checked against them before there is a delivery. */

/** `build-amd64` for `linux/amd64`. */
export function buildJobName(platform: string): string {
  return `build-${platform.slice(platform.indexOf('/') + 1).replaceAll('/', '-')}`;
}

/** The job that joins the platforms and tags the image. */
export const PUBLISH_JOB_NAME = 'publish';

/** `deploy-staging`. */
export function deployJobName(environment: string): string {
  return `deploy-${environment}`;
}

/** The job that holds the config against the spec. */
export const CHECK_JOB_NAME = 'check-config';

/** `backup-before-production`: a job of the base that runs before a deployment. */
export function beforeJobName(job: string, environment: string): string {
  return `${job}-before-${environment}`;
}

/** `smoke-staging`: a job of the base that runs after a deployment. */
export function afterJobName(job: string, environment: string): string {
  return `${job}-${environment}`;
}

/** The approval job of an environment that names none: `request_production`. */
export function approvalJobName(environment: string): string {
  return `request_${environment}`;
}
