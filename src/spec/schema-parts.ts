/** Parts that the JSON Schema has in several places. */

/** A string, or a list of strings. */
export const stringList = (description: string, example: readonly string[]) => ({
  description,
  default: [],
  examples: [example, example[0]],
  type: ['array', 'string'],
  items: { type: 'string', minLength: 1 },
  uniqueItems: true,
  minLength: 1,
});

/**
 * A list of jobs of the base, each by its name or as a mapping with its contexts and what else may be said of it.
 * @param job an example, by its name
 * @param more keys of the mapping between the job and its contexts
 */
export const jobList = (description: string, job: string, examples: readonly unknown[], more: object = {}) => ({
  description,
  default: [],
  examples,
  type: ['array', 'string'],
  items: {
    type: ['string', 'object'],
    minLength: 1,
    additionalProperties: false,
    required: ['job'],
    properties: {
      job: { description: 'Name of the job.', type: 'string', minLength: 1, examples: [job] },
      ...more,
      context: stringList('Context, or list of contexts, of the job.', [`shop-${job}`]),
    },
  },
  uniqueItems: true,
  minLength: 1,
});

/** A role that jobs assume. */
export const role = (jobs: string, fallback: string) => ({
  description: `ARN of the IAM role that ${jobs} with the job's OIDC token. ${fallback}`,
  type: 'string',
  pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$',
  examples: ['arn:aws:iam::123456789012:role/shop-push'],
});

const PROVIDER = 'projects/123456789012/locations/global/workloadIdentityPools/circleci/providers/circleci';

/** Workload identity federation of Google Cloud. */
export const workloadIdentity = (jobs: string, fallback: string) => ({
  description: `Login ${jobs} to Google's Artifact Registry by workload identity federation: the job's OIDC token is exchanged at the provider. ${fallback}`,
  examples: [{ provider: PROVIDER, service_account: 'shop-push@acme.iam.gserviceaccount.com' }],
  type: 'object',
  additionalProperties: false,
  required: ['provider'],
  properties: {
    provider: {
      description: 'Resource name of the workload identity pool provider, with the number of the project.',
      type: 'string',
      pattern: '^projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]{4,32}/providers/[a-z0-9-]{4,32}$',
      examples: [PROVIDER],
    },
    service_account: {
      description:
        'Email of the service account to impersonate. Default: none, the identity of the pool has the rights.',
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]*@[a-z0-9.-]+\\.gserviceaccount\\.com$',
      examples: ['shop-push@acme.iam.gserviceaccount.com'],
    },
  },
});
