import type { WorkloadRef } from '../../workload.js';
import { isEnvironmentName } from './environments.js';
import { kindOf } from './manifests.js';
import {
  folderOf,
  lineAt,
  lineOf,
  mappingOf,
  type Note,
  nameOf,
  type Place,
  type Repository,
  readDocuments,
  textOf,
} from './repository.js';

/** A Helm chart, as far as it can be read without Helm. */
export interface Chart {
  readonly name: string;
  readonly at: Place;
  /** Environments that have a values file of their own: `values-staging.yaml`. */
  readonly environments: readonly { readonly name: string; readonly file: string }[];
  /** `image.repository` of the values, then those of their parts, `web.image.repository`. */
  readonly images: readonly { readonly name: string; readonly at: Place }[];
  /** Workloads of the templates whose name is written out. */
  readonly workloads: readonly (WorkloadRef & { readonly at: Place })[];
  /** Workloads of the templates whose name only Helm knows. */
  readonly templated: readonly Place[];
}

/** The charts of a repository; those below another chart's `charts` are parts of it. */
export async function findCharts(
  repository: Repository,
): Promise<{ readonly charts: readonly Chart[]; readonly broken: readonly Note[] }> {
  const charts: Chart[] = [];
  const broken: Note[] = [];
  for (const file of repository.files.filter(
    (path) => /(^|\/)Chart\.yaml$/.test(path) && !/(^|\/)charts\/.*\/charts\//.test(path),
  )) {
    const text = await repository.read(file);
    if (text === undefined) continue;
    const read = readDocuments(file, text);
    broken.push(...read.broken);
    const folder = folderOf(file);
    const inside = repository.files.filter((path) => folder === '.' || path.startsWith(`${folder}/`));
    const document = read.documents[0];
    charts.push({
      name: textOf(document?.value['name']) ?? nameOf(folder),
      at: { file, line: document?.line(['name']) ?? 1 },
      environments: inside.flatMap((path) => {
        const name = /(?:^|\/)(?:values[-.]([\w-]+)\.ya?ml|([\w-]+)[-.]values\.ya?ml)$/.exec(path);
        const environment = name?.[1] ?? name?.[2];
        return environment !== undefined && isEnvironmentName(environment) ? [{ name: environment, file: path }] : [];
      }),
      images: await readImages(
        repository,
        inside.filter((path) => /(^|\/)values[\w.-]*\.ya?ml$/.test(path)),
        broken,
      ),
      ...(await readTemplates(repository, inside)),
    });
  }
  return { charts, broken };
}

async function readImages(repository: Repository, files: readonly string[], broken: Note[]): Promise<Chart['images']> {
  const found: (Chart['images'][number] & { readonly depth: number })[] = [];
  for (const file of [...files].sort((a, b) => a.length - b.length)) {
    const read = readDocuments(file, (await repository.read(file)) ?? '');
    broken.push(...read.broken);
    for (const { value, line } of read.documents) {
      for (const path of [[], ...Object.keys(value).map((key) => [key])]) {
        const image = mappingOf(mappingOf(path[0] === undefined ? value : value[path[0]])['image']);
        const name = textOf(image['repository']);
        const registry = textOf(image['registry']);
        if (name === undefined || !/[/.]/.test(name)) continue;
        const at = { file, line: line([...path, 'image', 'repository']) };
        found.push({ name: registry === undefined ? name : `${registry}/${name}`, at, depth: path.length });
      }
    }
  }
  const nearest = found.sort((a, b) => a.depth - b.depth).map(({ name, at }) => ({ name, at }));
  return nearest.filter(({ name }, index) => nearest.findIndex((one) => one.name === name) === index);
}

async function readTemplates(
  repository: Repository,
  files: readonly string[],
): Promise<Pick<Chart, 'workloads' | 'templated'>> {
  const workloads: (WorkloadRef & { readonly at: Place })[] = [];
  const templated: Place[] = [];
  for (const file of files.filter((path) => /(^|\/)templates\/.*\.ya?ml$/.test(path))) {
    const text = await repository.read(file);
    if (text === undefined) continue;
    // With {{ }} in it this is no YAML, so it is read line by line.
    for (const match of text.matchAll(
      /^kind:[ \t]*["']?(Deployment|StatefulSet|DaemonSet|CronJob|Rollout)["']?[ \t]*$/gm,
    )) {
      const until = text.indexOf('\n---', match.index);
      const rest = text.slice(match.index, until < 0 ? undefined : until);
      const name = /^metadata:[ \t]*\n(?:[ \t]+\S.*\n|[ \t]*\n)*?[ \t]+name:[ \t]*(.*)$/m.exec(rest);
      const line = lineAt(text, match.index) + (lineOf(rest, /^[ \t]+name:/m) ?? 1) - 1;
      const literal = /^["']?([a-z0-9][a-z0-9.-]*)["']?[ \t]*(#.*)?$/.exec(name?.[1] ?? '')?.[1];
      const kind = kindOf(match[1]);
      if (literal === undefined || kind === undefined) templated.push({ file, line });
      else workloads.push({ kind, name: literal, at: { file, line } });
    }
  }
  return { workloads, templated };
}
