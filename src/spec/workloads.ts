import { quote, quoteList } from '../diagnostic/quote.js';
import { mappingOf } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { namespaceKey } from './environments.js';
import type { CheckedPart } from './names.js';
import type { Place } from './places.js';
import { type Report, relatedTo } from './report.js';
import { strings } from './strings.js';

/** A service that sets a workload, and where that stands. */
interface Use {
  readonly part: CheckedPart;
  readonly path: Path;
}

/** A workload that several services set, in environments where it stands in the same places. */
interface Clash {
  readonly workload: string;
  readonly uses: readonly Use[];
  readonly environments: string[];
}

/** A workload runs one image; services that set the same one would undo each other. What they share is told once. */
export function checkWorkloads(parts: readonly CheckedPart[], report: Report): void {
  for (const { workload, uses, environments } of findClashes(parts)) {
    const [first, second, ...others] = uses;
    if (first === undefined || second === undefined) continue;
    const names = uses.map(({ part }) => part.service);
    const who = names.length === 2 ? `${names.map(quote).join(' and ')} both` : `${quoteList(names)} all`;
    const at = placeOf(second);
    const elsewhere = [first, ...others].filter((use) => !isSame(placeOf(use), at));
    report('same-workload', second.path, `${who} deploy ${workload} in ${quoteList(environments)}`, {
      in: second.part.places,
      help: 'give each service workloads of its own',
      related: elsewhere.map((use) => relatedTo(`${quote(use.part.service)} is here`, placeOf(use))),
    });
  }
}

function findClashes(parts: readonly CheckedPart[]): readonly Clash[] {
  const clashes = new Map<string, Clash>();
  for (const { workload, environment, uses } of findUses(parts).values()) {
    if (uses.length < 2) continue;
    const key = JSON.stringify([workload, uses.map((use) => [use.part.service, placeOf(use)])]);
    const clash = clashes.get(key) ?? { workload, uses, environments: [] };
    clash.environments.push(environment);
    clashes.set(key, clash);
  }
  return [...clashes.values()];
}

/** Every workload of every environment, with the services that set it. */
function findUses(
  parts: readonly CheckedPart[],
): ReadonlyMap<string, { readonly workload: string; readonly environment: string; readonly uses: Use[] }> {
  const found = new Map<string, { workload: string; environment: string; uses: Use[] }>();
  for (const part of parts) {
    for (const { name, value } of part.environments) {
      const namespace = namespaceKey(value);
      if (namespace === undefined) continue;
      strings(mappingOf(value['kubernetes'])['workloads']).forEach((workload, index) => {
        const key = `${namespace}${workload}`;
        const known = found.get(key) ?? { workload, environment: name, uses: [] };
        found.set(key, known);
        if (known.uses.some((use) => use.part === part)) return;
        known.uses.push({ part, path: [...ownerOf(part, name), 'kubernetes', 'workloads', index] });
      });
    }
  }
  return found;
}

/** Where the workloads of an environment stand: in itself, or in the defaults. */
function ownerOf({ spec }: CheckedPart, environment: string): Path {
  const own = mappingOf(mappingOf(mappingOf(spec['environments'])[environment])['kubernetes'])['workloads'];
  return own === undefined ? ['defaults'] : ['environments', environment];
}

function placeOf({ part, path }: Use): Place {
  return part.places.value(path);
}

function isSame(one: Place, other: Place): boolean {
  return JSON.stringify([one.file, one.range]) === JSON.stringify([other.file, other.range]);
}
