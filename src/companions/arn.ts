/** A role in IAM, by its ARN. */
export interface Role {
  readonly arn: string;
  readonly partition: string;
  readonly account: string;
  /** With a slash at both ends; `/` for most. */
  readonly path: string;
  readonly name: string;
}

/** Reads the ARN of a role. @throws for any other text: the spec takes none */
export function parseRole(arn: string): Role {
  const [, partition, account, path, name] =
    /^arn:(aws[a-z-]*):iam::(\d{12}):role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
  if (partition === undefined || account === undefined || path === undefined || name === undefined) {
    throw new Error(`not the ARN of a role: ${arn}`);
  }
  return { arn, partition, account, path, name };
}

/**
 * The partition that a region is in.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
