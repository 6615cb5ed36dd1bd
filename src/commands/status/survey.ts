import type { Git } from '../git.js';
import { type Drift, findDrift } from './drift.js';
import { type EnvironmentStatus, type Place, seeEnvironment } from './see-environment.js';

/** What runs where, and how far it is apart. */
export interface Survey {
  /** In the order of the places. */
  readonly environments: readonly EnvironmentStatus[];
  readonly drift: readonly Drift[];
}

/** Looks at all environments at once. One that cannot be read does not hide the others. */
export async function survey(places: readonly Place[], git: Git): Promise<Survey> {
  const environments = await Promise.all(places.map(seeEnvironment));
  return { environments, drift: await findDrift(environments, git) };
}
