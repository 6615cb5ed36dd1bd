/**
 * Names of the jobs that are generated, so that the spec can be checked against them before there is a delivery. In a
 * repository with services each starts with the name of its own: `api-build-amd64`.
 */
export interface JobNames {
  /** `build-amd64` for `linux/amd64`. */
  build(platform: string): string;
  /** The job that joins the platforms and tags the image. */
  readonly publish: string;
  /** `deploy-staging`. */
  deploy(environment: string): string;
  /** `backup-before-production`: a job of the base that runs before a deployment. */
  before(job: string, environment: string): string;
  /** `smoke-staging`: a job of the base that runs after a deployment. */
  after(job: string, environment: string): string;
}

/** The names for a service; undefined: for the one image of a repository. */
export function jobNames(service: string | undefined): JobNames {
  const of = (name: string) => (service === undefined ? name : `${service}-${name}`);
  return {
    build: (platform) => of(`build-${platform.slice(platform.indexOf('/') + 1).replaceAll('/', '-')}`),
    publish: of('publish'),
    deploy: (environment) => of(`deploy-${environment}`),
    before: (job, environment) => of(`${job}-before-${environment}`),
    after: (job, environment) => of(`${job}-${environment}`),
  };
}

/** The job that holds the config against the spec. */
export const CHECK_JOB_NAME = 'check-config';

/** The approval job of an environment that names none: `request_production`. */
export function approvalJobName(environment: string): string {
  return `request_${environment}`;
}
