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

/** The approval job of an environment that names none: `request_production`. */
export function approvalJobName(environment: string): string {
  return `request_${environment}`;
}
