const SERVICES = ['ecr', 'ecr-public', 'eks', 'sts'] as const;

/** A service by the name that it has in signatures. */
export type AwsService = (typeof SERVICES)[number];

function variableOf(service: AwsService): string {
  return `AWS_ENDPOINT_URL_${service.toUpperCase().replace('-', '_')}`;
}

/**
 * The base URL of a service's API, without a slash at the end. `AWS_ENDPOINT_URL_<SERVICE>` goes before
 * `AWS_ENDPOINT_URL`, and that before the regional endpoint, as in the SDKs.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointOf(
  service: AwsService,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const configured = configuredEndpoint(service, env);
  return configured ?? regionalEndpoint(service.startsWith('ecr') ? `api.${service}` : service, region);
}

/** The endpoint that the environment asks for, if it does. */
export function configuredEndpoint(
  service: AwsService,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const url = env[variableOf(service)] || env['AWS_ENDPOINT_URL'];
  return url ? url.replace(/\/+$/, '') : undefined;
}

/** The variable of the environment that should hold an endpoint and holds no URL; undefined where all is well. */
export function findBadEndpoint(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return ['AWS_ENDPOINT_URL', ...SERVICES.map(variableOf)].find((name) => {
    const url = env[name];
    return url && !(URL.canParse(url) && /^https?:\/\//.test(url));
  });
}

/** The endpoint of a service in a region; the regions of China are a partition with a domain of its own. */
export function regionalEndpoint(prefix: string, region: string): string {
  return `https://${prefix}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Whether `text` has the form of a region: it becomes a part of a host name. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(text);
}
