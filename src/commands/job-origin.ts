import type { Io } from '../io/io.js';
import { readOidcUser } from '../io/oidc-token.js';

/** Which job did something, when and for whom. */
export interface JobOrigin {
  /** RFC 3339. */
  readonly time?: string;
  /** Id of the CircleCI user that caused the job to run. */
  readonly user?: string;
  /** URL of the CircleCI job. */
  readonly job?: string;
  /** Id of the CircleCI pipeline. */
  readonly pipeline?: string;
}

type Annotations = Readonly<Record<string, string>>;

const USER = 'build-once/user';
const JOB = 'build-once/job';
const PIPELINE = 'build-once/pipeline';

/** The annotations that say which job, and for whom. */
export const ORIGIN: readonly string[] = [USER, JOB, PIPELINE];

/**
 * What this job leaves on what it does, as annotations.
 * @param time the annotation that says when
 */
export function makeOrigin(time: string, io: Io): Annotations {
  const { CIRCLE_BUILD_URL: job, CIRCLE_PIPELINE_ID: pipeline } = io.env;
  const all = [
    [time, new Date(io.clock.now()).toISOString()],
    [USER, readOidcUser(io)],
    [JOB, job],
    [PIPELINE, pipeline],
  ] as const;
  return Object.fromEntries(all.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Reads such annotations. What others may have written is checked: what is none of these is left out. */
export function readOrigin(time: string, annotations: Annotations): JobOrigin {
  const when = readTime(annotations[time]);
  const user = /^[0-9a-f-]{1,40}$/.exec(annotations[USER] ?? '')?.[0];
  const pipeline = /^[0-9a-f-]{1,40}$/.exec(annotations[PIPELINE] ?? '')?.[0];
  const job = /^https:\/\/[\w.:/-]{1,300}$/.exec(annotations[JOB] ?? '')?.[0];
  return {
    ...(when === undefined ? {} : { time: when }),
    ...(user === undefined ? {} : { user }),
    ...(job === undefined ? {} : { job }),
    ...(pipeline === undefined ? {} : { pipeline }),
  };
}

/** A time that a person may have written, as RFC 3339; undefined for what is none. */
export function readTime(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
