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

/** A role that jobs assume. */
export const role = (jobs: string, fallback: string) => ({
  description: `ARN of the IAM role that ${jobs} with the job's OIDC token. ${fallback}`,
  type: 'string',
  pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$',
  examples: ['arn:aws:iam::123456789012:role/shop-push'],
});
