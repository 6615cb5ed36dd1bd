import { stringifyYaml } from '../../yaml/stringify.js';
import type { Plain } from '../plain.js';
import type { Orb } from './orb.js';

/** A file of the orb's source tree, by its path in `orb/`. */
export interface OrbFile {
  readonly path: string;
  readonly text: string;
}

const SECTIONS = ['commands', 'executors', 'jobs', 'examples'] as const;

/**
 * The source tree as the registry's tools expect it (orbs-author, "orb structure"): `@orb.yml`, one file per element,
 * and scripts, which the elements include.
 */
export function makeOrbTree(orb: Orb): readonly OrbFile[] {
  const { version, description, display } = orb;
  const scripts: OrbFile[] = [];
  const elements = SECTIONS.flatMap((section) =>
    Object.entries(orb[section]).map(([name, element]) => {
      const value = section === 'commands' ? includeScripts(name, element, scripts) : element;
      return { path: `${section}/${name}.yml`, text: stringifyYaml(value) };
    }),
  );
  return [{ path: '@orb.yml', text: stringifyYaml({ version, description, display }) }, ...elements, ...scripts];
}

/** Commands longer than 64 characters are files of their own: rule RC009 of orb-tools/review. */
const LONGEST_INLINE = 64;

function includeScripts(name: string, command: Plain, scripts: OrbFile[]): Plain {
  const steps = (command['steps'] ?? []) as readonly { readonly run?: { readonly command: string } }[];
  return {
    ...command,
    steps: steps.map((step) => {
      if (step.run === undefined || step.run.command.length <= LONGEST_INLINE) return step;
      const path = `scripts/${name}.sh`;
      scripts.push({ path, text: step.run.command });
      return { run: { ...step.run, command: `<<include(${path})>>` } };
    }),
  };
}
