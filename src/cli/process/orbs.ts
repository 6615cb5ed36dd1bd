import { join } from 'node:path';
import type { Source } from '../../circleci/language/place.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.js';
import { fail, ok, type Result } from '../../result.js';
import { isMapping, mappingOf, own } from '../../yaml/mapping.js';
import { parseYaml } from '../../yaml/parse.js';
import type { Reader } from './reader.js';

/** Where sources of orbs are. */
export interface OrbPlaces {
  /** Files by reference. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders, looked through in their order. */
  readonly folders: readonly string[];
}

/**
 * The sources of every orb that a config imports, and of those that they import, as far as they are at hand.
 * @param references what the config imports
 * @returns sources by reference, or what is wrong with one of the files
 */
export async function loadOrbs(
  references: readonly string[],
  places: OrbPlaces,
  reader: Reader,
): Promise<Result<Readonly<Record<string, Source>>, string | readonly Diagnostic[]>> {
  const sources: Record<string, Source> = {};
  const waiting = [...new Set(references)];
  for (let reference = waiting.pop(); reference !== undefined; reference = waiting.pop()) {
    const file = await findFile(reference, places, reader);
    if (file === undefined) continue;
    const text = await reader.read(file);
    if (text === undefined) return fail(`there is no file ${file}, which --orb names for ${reference}`);
    const yaml = parseYaml(text, file, 'compile/not-yaml', '1.1');
    if (!yaml.ok) return yaml;
    sources[reference] = { file, value: yaml.value.value, yaml: yaml.value };
    waiting.push(...importsOf(yaml.value.value).filter((one) => !Object.hasOwn(sources, one)));
  }
  return ok(sources);
}

/** What an orb imports by reference, its inline orbs included. */
function importsOf(value: unknown): readonly string[] {
  return Object.values(mappingOf(mappingOf(value)['orbs'])).flatMap((orb) =>
    isMapping(orb) ? importsOf(orb) : [String(orb)],
  );
}

async function findFile(reference: string, { files, folders }: OrbPlaces, reader: Reader): Promise<string | undefined> {
  const named = own(files, reference);
  if (named !== undefined) return named;
  for (const folder of folders) {
    const file = await findInFolder(reference, folder, reader);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** `circleci/node@7.1.0`, or an address, in parts of file names that lead nowhere else. */
const REGISTRY = /^(?<namespace>[\w-]+)\/(?<name>[\w-]+)@(?<version>[\w.:-]+)$/;
const ADDRESS = /^https:\/\/(?<path>(?:[\w@%+~-][\w.@%+~-]*\/)+[\w@%+~-][\w.@%+~-]*)$/;

async function findInFolder(reference: string, folder: string, reader: Reader): Promise<string | undefined> {
  const address = ADDRESS.exec(reference)?.groups?.['path'];
  if (address !== undefined) {
    const file = join(folder, address);
    return (await reader.inspect(file))?.kind === 'file' ? file : undefined;
  }
  const { namespace, name, version } = REGISTRY.exec(reference)?.groups ?? {};
  if (namespace === undefined || name === undefined || version === undefined) return undefined;
  const files = (await reader.list(join(folder, namespace))) ?? [];
  const best = pickVersion(name, version.replaceAll(':', '-'), files);
  return best === undefined ? undefined : join(folder, namespace, best);
}

/**
 * The file of a version: that very one, or the highest that `1`, `1.2` or `volatile` stands for; a file without a version
 * stands for any.
 */
function pickVersion(name: string, version: string, files: readonly string[]): string | undefined {
  const exact = files.find((file) => file === `${name}@${version}.yml`);
  if (exact !== undefined) return exact;
  const matching = files
    .map((file) => ({
      file,
      found: new RegExp(`^${name}@(\\d+)\\.(\\d+)\\.(\\d+)\\.yml$`).exec(file)?.slice(1).map(Number),
    }))
    .filter(
      ({ found }) => found !== undefined && (version === 'volatile' || `${found.join('.')}.`.startsWith(`${version}.`)),
    )
    .sort((a, b) => compare(a.found ?? [], b.found ?? []));
  return matching.at(-1)?.file ?? files.find((file) => file === `${name}.yml`);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
