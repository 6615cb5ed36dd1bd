import type { Plain } from '../plain.js';
import { buildJob } from './build-job.js';
import { deployJob } from './deploy-job.js';
import { publishJob } from './publish-job.js';

/** The orb's jobs, for people who write their own config. */
export function makeJobs(): Readonly<Record<string, Plain>> {
  return { build: buildJob(), publish: publishJob(), deploy: deployJob() };
}
