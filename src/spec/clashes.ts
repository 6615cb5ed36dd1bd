import { quote, quoteList } from '../diagnostic/quote.js';
import { mappingOf } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { namespaceKey } from './environments.js';
import type { CheckedPart } from './names.js';
import { normalPath } from './paths.js';
import type { Place } from './places.js';
import { type Report, relatedTo } from './report.js';
import { strings } from './strings.js';

/** What of `kubernetes` is one service's own, and what is said where several have the same. */
const OWN = {
  workloads: {
    code: 'same-workload',
    verb: 'deploy',
    help: 'give each service workloads of its own',
    valuesOf: (written: unknown) => strings(written),
  },
  manifests: {
    code: 'same-manifests',
    verb: 'apply',
    help: 'give each service a folder of its own: each would set the images of the others back',
    valuesOf: (written: unknown) => strings(written).flatMap((path) => normalPath(path) ?? []),
  },
} as const;
type Key = keyof typeof OWN;

/** A service that has a workload or manifests, and where that stands. */
interface Use {
  readonly part: CheckedPart;
  readonly path: Path;
}

/** What several services have, in environments where it stands in the same places. */
interface Clash {
  readonly key: Key;
  readonly value: string;
  readonly uses: readonly Use[];
  readonly environments: string[];
}

/**
 * A workload runs one image, and manifests are applied with one; services that have the same would undo each other. What
 * they share is told once.
 */
export function checkClashes(parts: readonly CheckedPart[], report: Report): void {
  for (const { key, value, uses, environments } of findClashes(parts)) {
    const [first, second, ...others] = uses;
    if (first === undefined || second === undefined) continue;
    const { code, verb, help } = OWN[key];
    const names = uses.map(({ part }) => part.service);
    const who = names.length === 2 ? `${names.map(quote).join(' and ')} both` : `${quoteList(names)} all`;
    const at = placeOf(second);
    const elsewhere = [first, ...others].filter((use) => !isSame(placeOf(use), at));
    report(code, second.path, `${who} ${verb} ${value} in ${quoteList(environments)}`, {
      in: second.part.places,
      help,
      related: elsewhere.map((use) => relatedTo(`${quote(use.part.service)} is here`, placeOf(use))),
    });
  }
}

function findClashes(parts: readonly CheckedPart[]): readonly Clash[] {
  const clashes = new Map<string, Clash>();
  for (const { environment, ...use } of findUses(parts)) {
    if (use.uses.length < 2) continue;
    const same = JSON.stringify([use.key, use.value, use.uses.map((one) => [one.part.service, placeOf(one)])]);
    const clash = clashes.get(same) ?? { ...use, environments: [] };
    clash.environments.push(environment);
    clashes.set(same, clash);
  }
  return [...clashes.values()];
}

/** Every workload and every path of manifests in a namespace, with the services that have it. */
function findUses(
  parts: readonly CheckedPart[],
): readonly (Omit<Clash, 'environments'> & { readonly environment: string })[] {
  const found = new Map<string, { key: Key; value: string; environment: string; uses: Use[] }>();
  for (const part of parts) {
    for (const { name, value: environment } of part.environments) {
      const namespace = namespaceKey(environment);
      if (namespace === undefined) continue;
      for (const key of ['workloads', 'manifests'] as const) {
        const written = mappingOf(environment['kubernetes'])[key];
        OWN[key].valuesOf(written).forEach((value, index) => {
          const place = JSON.stringify([namespace, key, value]);
          const known = found.get(place) ?? { key, value, environment: name, uses: [] };
          found.set(place, known);
          if (known.uses.some((use) => use.part === part)) return;
          const item = Array.isArray(written) ? [index] : [];
          known.uses.push({ part, path: [...ownerOf(part, name, key), 'kubernetes', key, ...item] });
        });
      }
    }
  }
  return [...found.values()];
}

/** Where the key stands for an environment: in itself, or in the defaults. */
function ownerOf({ spec }: CheckedPart, environment: string, key: Key): Path {
  const own = mappingOf(mappingOf(mappingOf(spec['environments'])[environment])['kubernetes'])[key];
  return own === undefined ? ['defaults'] : ['environments', environment];
}

function placeOf({ part, path }: Use): Place {
  return part.places.value(path);
}

function isSame(one: Place, other: Place): boolean {
  return JSON.stringify([one.file, one.range]) === JSON.stringify([other.file, other.range]);
}
