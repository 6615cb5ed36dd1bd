/** Why something in Google Cloud did not work: one line with the cause, and what to do about it. Holds no secret. */
export interface GoogleFailure {
  readonly cause: string;
  readonly next?: string;
}
