/** What is wrong with a config, and where: a path of keys and indexes from its top. */
export interface Problem {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Collects problems; the way of everything below to say that something is wrong and go on. */
export type Report = (problem: Problem) => void;
