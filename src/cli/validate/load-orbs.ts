import { findImports } from '../../circleci/language/compile.js';
import type { Source } from '../../circleci/language/place.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.js';
import { ok, type Result } from '../../result.js';
import { parseYaml } from '../../yaml/parse.js';
import { loadOrbs, type OrbPlaces } from '../process/orbs.js';
import type { Reader } from '../process/reader.js';

/** The sources of the orbs that configs import, as far as they are at hand. A text that is no YAML imports none. */
export async function loadImports(
  texts: readonly string[],
  places: OrbPlaces,
  reader: Reader,
): Promise<Result<Readonly<Record<string, Source>>, string | readonly Diagnostic[]>> {
  const folders = await Promise.all(places.folders.map((folder) => reader.list(folder)));
  if (Object.keys(places.files).length === 0 && folders.every((names) => names === undefined)) return ok({});
  const references = texts.flatMap((text) => {
    const yaml = parseYaml(text, 'config', 'config/not-yaml', '1.1');
    return yaml.ok ? findImports({ file: 'config', value: yaml.value.value, yaml: yaml.value }, {}) : [];
  });
  return loadOrbs(references, places, reader);
}
