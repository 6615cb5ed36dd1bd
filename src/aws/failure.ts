/** Why something in AWS did not work: one line with the cause, and what to do about it. Holds no secret. */
export interface AwsFailure {
  readonly cause: string;
  readonly next?: string;
}
