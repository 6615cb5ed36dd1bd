import { SOURCE_URL } from '../../version.js';
import type { Plain } from '../plain.js';
import type { Release } from './commands.js';
import { type Elements, makeElements } from './elements.js';
import { examples } from './examples/examples.js';

/** An orb by sections, each an object by name: the source form of O/author "orb structure". */
export interface Orb extends Elements {
  readonly version: 2.1;
  readonly description: string;
  readonly display: Plain;
  readonly examples: Readonly<Record<string, Plain>>;
}

/** The orb as it is published, with the words about it and its examples. */
export function makeOrb(release: Release): Orb {
  return {
    version: 2.1,
    description:
      'Build an image once, prove it in staging, approve it, ship the same digest: build, publish, verify, migrate, deploy. Written by gen-config.',
    display: { home_url: SOURCE_URL, source_url: SOURCE_URL },
    ...makeElements(release),
    examples,
  };
}
