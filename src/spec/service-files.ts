import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { quote } from '../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../yaml/mapping.js';
import { type Path, parseYaml, type Yaml } from '../yaml/parse.js';
import { adviseOnPath, normalPath } from './paths.js';
import { type Places, placesOf } from './places.js';
import { makeReport } from './report.js';

/** A spec as it is written, with the files of its services in the places where it names them. */
export interface SpecTree {
  readonly value: unknown;
  readonly places: Places;
}

/** The files that a spec names in place of services, as it writes them; none where it cannot be read. */
export function serviceFilesOf(text: string): readonly string[] {
  if (!text.includes('services')) return [];
  const parsed = parseYaml(text, '', '');
  const services = parsed.ok ? mappingOf(mappingOf(parsed.value.value)['services']) : {};
  const named = Object.values(services).filter((value) => typeof value === 'string' && normalPath(value) !== undefined);
  return [...new Set(named as readonly string[])];
}

/**
 * Puts the files that a spec names in the places of their services.
 * @param files their texts, by path as the spec writes it
 * @returns the whole, and what is wrong with the files; a service whose file cannot be read stays a path
 */
export function putServiceFiles(
  yaml: Yaml,
  files: Readonly<Record<string, string>>,
): { readonly tree: SpecTree; readonly problems: readonly Diagnostic[] } {
  const places = placesOf(yaml);
  const services = mappingOf(mappingOf(yaml.value)['services']);
  const named = Object.entries(services).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (named.length === 0) return { tree: { value: yaml.value, places }, problems: [] };
  const problems: Diagnostic[] = [];
  const report = makeReport(places, (problem) => problems.push(problem));
  const read = new Map<string, Yaml>();
  for (const [name, path] of named) {
    const text = own(files, path);
    if (normalPath(path) === undefined) {
      report('wrong-path', ['services', name], `${quote(path)} is not a path in the repository`, {
        help: adviseOnPath(path, 'services/api/build-once.yml'),
      });
    } else if (text === undefined) {
      report('unknown-file', ['services', name], `there is no file ${quote(path)}`, {
        help: 'the path starts at the top of the repository',
      });
    } else {
      const parsed = parseYaml(text, path, 'spec/not-yaml');
      if (!parsed.ok) problems.push(...parsed.error);
      else if (isMapping(parsed.value.value)) read.set(name, parsed.value);
      else
        makeReport(placesOf(parsed.value), (problem) => problems.push(problem))(
          'wrong-type',
          [],
          `${quote(path)} is not a mapping, expected one with "paths" and "image"`,
        );
    }
  }
  const entries = Object.entries(services).map(([name, value]) => [name, read.get(name)?.value ?? value]);
  const value: Mapping = { ...mappingOf(yaml.value), services: Object.fromEntries(entries) };
  return { tree: { value, places: withFiles(places, read) }, problems };
}

/** What a service with a file holds is in that file; its key is where it is named. */
function withFiles(places: Places, files: ReadonlyMap<string, Yaml>): Places {
  const fileAt = (path: Path) => (path[0] === 'services' ? files.get(String(path[1])) : undefined);
  return {
    key: (path) => {
      const file = path.length > 2 ? fileAt(path) : undefined;
      return file === undefined ? places.key(path) : placesOf(file).key(path.slice(2));
    },
    value: (path, part) => {
      const file = fileAt(path);
      return file === undefined ? places.value(path, part) : placesOf(file).value(path.slice(2), part);
    },
  };
}
