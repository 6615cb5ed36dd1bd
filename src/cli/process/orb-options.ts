import type { VerbOption } from '../verb.js';

/** Where sources of orbs are looked for when nothing else is said. */
export const ORB_FOLDER = '.circleci/orbs';

/** The options that say where sources of orbs are. */
export const orbOptions: Readonly<Record<string, VerbOption>> = {
  orb: {
    type: 'string',
    value: 'ORB=FILE',
    several: true,
    description: 'The source of an orb: circleci/node@7.1.0=node.yml. May be given several times.',
  },
  orbs: {
    type: 'string',
    value: 'DIR',
    several: true,
    description: 'One more folder with sources of orbs, in the layout of .circleci/orbs.',
  },
};
