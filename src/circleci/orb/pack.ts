import type { Orb } from './orb.js';
import { packYaml } from './pack-yaml.js';

/**
 * The orb in one file, byte for byte as `circleci orb pack` makes it of the tree. A `<<` in an included script is
 * escaped, so that CircleCI does not take a here-document for a parameter.
 */
export function packOrb(orb: Orb): string {
  return packYaml(escapeScripts(orb));
}

function escapeScripts(orb: Orb): Orb {
  const text = JSON.stringify(orb, (key, value: unknown) =>
    key === 'command' && typeof value === 'string' && value.includes('\n') ? value.replaceAll('<<', '\\<<') : value,
  );
  return JSON.parse(text) as Orb;
}
