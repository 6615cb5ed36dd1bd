import { quote } from '../../diagnostic/quote.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Workflow } from './model.js';
import { inside, type Place } from './place.js';
import type { Report } from './problem.js';

/** Different contexts in one config (configuration reference, "context"). */
const MOST_CONTEXTS = 100;

/** Characters of a serial group after compilation ("Controlling serial execution across your organization"). */
const LONGEST_GROUP = 512;

/** What the compiled config may not be more than. Pipeline values that are not known count as nothing. */
export function checkLimits(top: Place, workflows: readonly Workflow[], report: Report): void {
  const contexts = new Set<string>();
  for (const workflow of workflows) {
    for (const { name, contexts: named, serialGroup, place } of workflow.jobs) {
      for (const one of named) contexts.add(one);
      if (serialGroup === undefined) continue;
      const at = inside(place, 'serial-group');
      const known = serialGroup.replaceAll(/<<.*?>>/gs, '');
      if (known.length > LONGEST_GROUP) {
        const message = `the serial group of "${name}" has ${known.length} characters, and CircleCI takes at most ${LONGEST_GROUP}`;
        report({ ...at, code: 'long-serial-group', message });
      } else if (serialGroup.trim() === '' || /[^A-Za-z0-9._/-]/.test(known)) {
        const message = `the serial group of "${name}" is ${quote(serialGroup)}, expected letters, digits, ".", "_", "/" and "-"`;
        report({ ...at, code: 'wrong-serial-group', message });
      }
    }
  }
  if (contexts.size > MOST_CONTEXTS) {
    const message = `the config names ${contexts.size} different contexts, and CircleCI takes at most ${MOST_CONTEXTS}`;
    report({ ...inside(top, 'workflows'), code: 'too-many-contexts', message });
  }
}

/** Bytes of a config that CircleCI compiles (support article "Maximum config size"). */
const LARGEST = 8 * 1024 * 1024;

/**
 * Looks at a written text, the config itself or what it compiles to.
 * @param sections the config by its top-level keys, to say which of them is the largest
 * @returns what is wrong; undefined when it is small enough
 */
export function findTooLarge(text: string, sections: Mapping): string | undefined {
  // Every character is a byte at least, and three at most.
  if (text.length * 3 <= LARGEST) return undefined;
  const size = new TextEncoder().encode(text).length;
  if (size <= LARGEST) return undefined;
  const entries = Object.entries(sections).flatMap(([section, value]) =>
    Object.entries(mappingOf(value)).map(([name, member]) => ({
      name: `${section}.${name}`,
      size: JSON.stringify(member)?.length ?? 0,
    })),
  );
  const largest = entries.reduce((most, entry) => (entry.size > most.size ? entry : most), { name: '', size: 0 });
  return `the config has ${megabytes(size)} MB, and CircleCI takes at most 8 MB; the largest part of it is ${largest.name} with ${megabytes(largest.size)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
