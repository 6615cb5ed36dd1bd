import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Report } from './problem.js';
import type { ProcessedWorkflow } from './process.js';

/** Different contexts in one config (configuration reference, "context"). */
const MOST_CONTEXTS = 100;

/** Characters of a serial group after compilation ("Controlling serial execution across your organization"). */
const LONGEST_GROUP = 512;

/** What the compiled config may not be more than. Pipeline values count as they are written: they are not known yet. */
export function checkLimits(workflows: Readonly<Record<string, ProcessedWorkflow>>, report: Report): void {
  const contexts = new Set<string>();
  for (const [workflow, { jobs }] of Object.entries(workflows)) {
    const path = ['workflows', workflow];
    const groups = new Map<string, string>();
    for (const { name, context, serialGroup } of jobs) {
      for (const one of context) contexts.add(one);
      if (serialGroup === undefined) continue;
      const known = serialGroup.replaceAll(/<<.*?>>/gs, '');
      if (known.length > LONGEST_GROUP) {
        const message = `the serial group of "${name}" has ${known.length} characters, and CircleCI takes at most ${LONGEST_GROUP}`;
        report({ code: 'long-serial-group', path, message });
      } else if (serialGroup.trim() === '' || /[^A-Za-z0-9._/-]/.test(known)) {
        const message = `the serial group of "${name}" is ${JSON.stringify(serialGroup)}, expected letters, digits, ".", "_", "/" and "-"`;
        report({ code: 'wrong-serial-group', path, message });
      }
      const other = groups.get(serialGroup);
      groups.set(serialGroup, name);
      if (other !== undefined) {
        const message = `"${other}" and "${name}" have the same serial group, which CircleCI allows once in a workflow`;
        report({ code: 'same-serial-group', path, message });
      }
    }
  }
  if (contexts.size > MOST_CONTEXTS) {
    const message = `the config names ${contexts.size} different contexts, and CircleCI takes at most ${MOST_CONTEXTS}`;
    report({ code: 'too-many-contexts', path: ['workflows'], message });
  }
}

/** Bytes of a config that CircleCI compiles (support article "Maximum config size"). */
const LARGEST = 8 * 1024 * 1024;

/**
 * Checks the written text, which what it compiles to is longer than.
 * @param sections the config by its top-level keys, to say which of them is the largest
 */
export function checkSize(text: string, sections: Mapping, report: Report): void {
  // Every character is a byte at least, and three at most.
  if (text.length * 3 <= LARGEST) return;
  const size = new TextEncoder().encode(text).length;
  if (size <= LARGEST) return;
  const entries = Object.entries(sections).flatMap(([section, value]) =>
    Object.entries(mappingOf(value)).map(([name, member]) => ({
      name: `${section}.${name}`,
      size: JSON.stringify(member)?.length ?? 0,
    })),
  );
  const largest = entries.reduce((most, entry) => (entry.size > most.size ? entry : most), { name: '', size: 0 });
  const message = `the config has ${megabytes(size)} MB, and CircleCI takes at most 8 MB; the largest part of it is ${largest.name} with ${megabytes(largest.size)} MB`;
  report({ code: 'too-large', path: [], message });
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
