import { changed } from './changed.js';
import { crashing } from './crashing.js';
import { green } from './green.js';
import { otherKinds } from './kinds.js';
import { migrations } from './migrations.js';
import { probes } from './probes.js';
import { pulling } from './pulling.js';
import { refusals } from './refusals.js';
import { rights } from './rights.js';
import type { Scene } from './scene.js';
import { scheduling } from './scheduling.js';
import { starting } from './starting.js';

/** All of them. */
export const scenes: readonly Scene[] = [
  ...green,
  ...scheduling,
  ...probes,
  ...crashing,
  ...changed,
  ...otherKinds,
  ...migrations,
  ...pulling,
  ...starting,
  ...refusals,
  ...rights,
];
