import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { isMapping, type Mapping, mappingOf } from '../../src/yaml/mapping.js';

/**
 * What `circleci orb pack` merges an orb's source tree into, by the rules of the program (its internal/pack): files at the
 * top are merged, the first folder is the section, the name of a file is the name of the element whatever folder it is
 * in, other files are left out. An include of a command is replaced by its file, with every `<<` escaped.
 */
export function packTree(top: string): Mapping {
  const merged: Record<string, unknown> = {};
  for (const entry of readdirSync(top, { withFileTypes: true })) {
    const path = join(top, entry.name);
    if (entry.isFile() && isYaml(entry.name)) Object.assign(merged, read(path));
    const elements = entry.isDirectory() ? packSection(path) : {};
    if (Object.keys(elements).length > 0) merged[entry.name] = { ...mappingOf(merged[entry.name]), ...elements };
  }
  const included = ['jobs', 'commands', 'executors'].filter((section) => section in merged);
  return { ...merged, ...Object.fromEntries(included.map((section) => [section, include(merged[section], top)])) };
}

function packSection(folder: string): Mapping {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isYaml);
  const names = files.map((file) => (file.split('/').at(-1) ?? '').replace(/\.ya?ml$/, ''));
  if (new Set(names).size < names.length) throw new Error(`two files of ${folder} have one name`);
  return Object.fromEntries(files.map((file, index) => [names[index], read(join(folder, file))]));
}

function isYaml(path: string): boolean {
  return /(?:^|\/)[^./][^/]*\.ya?ml$/.test(path);
}

function read(path: string): Mapping {
  const value = load(readFileSync(path, 'utf8'));
  if (!isMapping(value)) throw new Error(`${path} is not a mapping`);
  return value;
}

function include(value: unknown, top: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/<<\s*include\(([-\w/.]+)\)?\s*>>/g, (_, path: string) =>
      readFileSync(join(top, path), 'utf8').replaceAll('<<', '\\<<'),
    );
  }
  if (Array.isArray(value)) return value.map((item) => include(item, top));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, include(member, top)]));
}
