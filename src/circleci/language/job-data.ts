import type { Mapping } from '../../yaml/mapping.js';
import type { Job } from './model.js';
import { stepsData } from './steps-data.js';

/** A job as a config has it. */
export function jobData({ content, steps }: Job): Mapping {
  return steps.length === 0 && content['type'] !== undefined ? content : { ...content, steps: stepsData(steps) };
}
