import { isRecord, parseJson, stringAt } from '../../json.js';
import { splitDocuments } from '../../yaml/documents.js';
import { parseYaml } from '../../yaml/parse.js';

/** An object of the API, as a manifest has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly object: Readonly<Record<string, unknown>>;
  /** Where it stands: `k8s/production/web.yaml:12` */
  readonly at: string;
}

/** What a text holds, and what is wrong with it. */
export interface ParsedManifests {
  readonly manifests: readonly Manifest[];
  /** Each with its place. */
  readonly problems: readonly string[];
}

/**
 * Reads the objects of a file: YAML of one or many documents, read as kubectl reads it, or JSON; of a `List` its items.
 * @param file the name that messages have
 */
export function parseManifests(text: string, file: string): ParsedManifests {
  const json = file.endsWith('.json') ? parseJson(text) : undefined;
  if (json !== undefined) return readObject(json, `${file}:1`);
  const parsed = splitDocuments(text).map((document): ParsedManifests => {
    const yaml = parseYaml(document.text, file, '', 'kubernetes');
    if (yaml.ok)
      return readObject(
        yaml.value.value,
        `${file}:${yaml.value.keyRange(['apiVersion']).start.line + document.before}`,
      );
    const template = document.text.search(TEMPLATE);
    if (template >= 0) {
      const line = document.text.slice(0, template).split('\n').length + document.before;
      return { manifests: [], problems: [`${file}:${line}: ${OF_HELM}`] };
    }
    const problems = yaml.error.map(({ message, range, help }) => {
      const place = `${file}:${range.start.line + document.before}:${range.start.column}`;
      return `${place}: ${message}${help === undefined ? '' : `; ${help}`}`;
    });
    return { manifests: [], problems };
  });
  return join(parsed);
}

/** An action of a template (https://pkg.go.dev/text/template). In a text that is YAML it is part of a value. */
const TEMPLATE = /\{\{[-\s]*[.$\w]/;
const OF_HELM = 'this is a template, as Helm has them, and not YAML; what "helm template" prints is';

function readObject(value: unknown, at: string): ParsedManifests {
  const wrong = (what: string): ParsedManifests => ({ manifests: [], problems: [`${at}: ${what}`] });
  if (!isRecord(value)) return wrong('this is no object of Kubernetes, which is a mapping with apiVersion and kind');
  const [apiVersion, kind] = [stringAt(value, 'apiVersion'), stringAt(value, 'kind')];
  if (apiVersion === undefined) return wrong('there is no apiVersion, such as "apps/v1"');
  if (kind === undefined) return wrong('there is no kind, such as "Deployment"');
  if (kind.endsWith('List') && Array.isArray(value['items'])) {
    return join(value['items'].map((item, index) => readObject(item, `${at}, item ${index + 1}`)));
  }
  const name = stringAt(value['metadata'], 'name');
  if (name === undefined) return wrong(`this ${kind} has no metadata.name`);
  return { manifests: [{ apiVersion, kind, name, object: value, at }], problems: [] };
}

function join(all: readonly ParsedManifests[]): ParsedManifests {
  return {
    manifests: all.flatMap(({ manifests }) => manifests),
    problems: all.flatMap(({ problems }) => problems),
  };
}
