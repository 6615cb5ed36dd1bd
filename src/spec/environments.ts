import { quote, quoteList } from '../diagnostic/quote.js';
import { suggest } from '../diagnostic/suggest.js';
import { isMapping, type Mapping, mappingOf } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { approvalOf } from './names.js';
import { adviseOnPath, normalPath } from './paths.js';
import type { Places } from './places.js';
import { type Report, relatedTo } from './report.js';
import { exampleOf } from './shape.js';

/** An environment as it stands in the spec, whatever its shape. */
export interface Environment {
  readonly name: string;
  /** Whether it is a mapping at all; an empty one stands for it when not. */
  readonly isMapping: boolean;
  /** With what `defaults` gives it. */
  readonly value: Mapping;
}

/** Checks what starts each environment, that those it names are there, and how each cluster is reached. */
export function checkEnvironments(environments: readonly Environment[], report: Report, places: Places): void {
  const shaped = environments.filter((environment) => environment.isMapping);
  for (const environment of shaped) checkEnvironment(environment, environments, report);
  checkCycles(environments, report);
  checkClusters(environments, report, places);
}

/** What patterns have, and no name of a branch or a tag (https://git-scm.com/docs/git-check-ref-format). */
const OF_PATTERNS = /[*?[^]|^\//;

/** Checks that a branch or a tag is no pattern of another kind: git would have none that is called like this. */
function checkName(key: 'branch' | 'tag', name: unknown, path: Path, report: Report): void {
  if (typeof name !== 'string') return;
  const found = OF_PATTERNS.exec(key === 'tag' ? name.replaceAll('*', '') : name)?.[0];
  if (found === undefined) return;
  const where = found === '/' ? 'starts with' : 'has';
  report('wrong-name', path, `${quote(name)} ${where} ${quote(found)}, as no ${key} of git does`, {
    help:
      key === 'tag'
        ? 'expected the name of a tag, in which "*" stands for any text; it is no regular expression'
        : 'expected the name of one branch: it is no pattern',
  });
}

/** Characters of a tag: CircleCI takes patterns of 256, and every character may need a backslash before it. */
const LONGEST_TAG = 100;

/** What CircleCI would not take in a pattern ("matches" of its expressions, https://github.com/CircleCI-Public/expr). */
function checkTag(tag: unknown, path: Path, report: Report): void {
  if (typeof tag !== 'string') return;
  if (tag.length > LONGEST_TAG) {
    report('wrong-value', path, `"tag" has ${tag.length} characters, expected at most ${LONGEST_TAG}`);
  } else if (/[^\0-\xff]/.test(tag)) {
    const message = `${quote(tag)} has a character that CircleCI takes in no pattern, expected ASCII and Latin-1`;
    report('wrong-value', path, message, { help: 'put "*" in its place' });
  }
}

/** What may start an environment. */
export const TRIGGERS = ['branch', 'tag', 'after'];
const ACCESSES = ['eks', 'kubeconfig'];

/** Whether a mapping has a key that was probably meant to be one of these; that it is unknown is told already. */
function hasAlmost(mapping: Mapping, keys: readonly string[]): boolean {
  return Object.keys(mapping).some((key) => !keys.includes(key) && suggest(key, keys) !== undefined);
}

function checkEnvironment({ name, value }: Environment, all: readonly Environment[], report: Report): void {
  const path = ['environments', name];
  const triggers = TRIGGERS.filter((key) => value[key] !== undefined);
  if (triggers.length === 0 && !hasAlmost(value, TRIGGERS)) {
    report('trigger', path, `nothing starts "${name}". expected one of "branch", "tag", "after"`, { key: true });
  }
  if (triggers.length > 1) {
    report('trigger', [...path, triggers[1] ?? ''], `"${name}" has ${quoteList(triggers)}. expected one of them`, {
      key: true,
    });
  }
  const after = value['after'];
  const names = all.map((environment) => environment.name);
  if (typeof after === 'string' && !names.includes(after)) {
    const near = suggest(after, names);
    const others = names.filter((other) => other !== name);
    report(
      'unknown-environment',
      [...path, 'after'],
      `there is no environment ${quote(after)}. ${others.length === 0 ? `${quote(name)} is the only one` : `expected one of ${quoteList(others)}`}`,
      near === undefined ? {} : { help: `did you mean "${near}"?` },
    );
  }
  checkName('branch', value['branch'], [...path, 'branch'], report);
  checkName('tag', value['tag'], [...path, 'tag'], report);
  checkTag(value['tag'], [...path, 'tag'], report);
  const approval = value['approval'];
  if (typeof approval === 'string' && /^(?:y|n|yes|no|on|off)$/.test(approval)) {
    report('wrong-value', [...path, 'approval'], `"approval" is ${quote(approval)}, expected a name, true or false`, {
      help: 'write "approval: false" for none',
    });
  }
  if (value['migration'] === true) {
    report('wrong-value', [...path, 'migration'], '"migration" is true, expected a mapping, or false for none');
  }
  if (value['approvers'] !== undefined && approvalOf(name, value) === undefined) {
    const message = `there is no approval before "${name}", so nobody approves it`;
    report('approvers', [...path, 'approvers'], message, { help: 'add "approval", or delete "approvers"' });
  }
  const kubernetes = value['kubernetes'];
  const at = [...path, 'kubernetes'];
  if (kubernetes === undefined) reportMissing('kubernetes', value, path, report);
  if (!isMapping(kubernetes)) return; // the shape says so already
  for (const key of ['namespace', 'workloads']) {
    if (kubernetes[key] === undefined) reportMissing(key, kubernetes, at, report);
  }
  if (kubernetes['eks'] !== undefined && kubernetes['region'] === undefined && !hasAlmost(kubernetes, ['region'])) {
    report('missing-key', [...at, 'eks'], 'missing key "region": the AWS region of the EKS cluster', {
      key: true,
      help: 'for example region: "us-east-1"',
    });
  }
  checkPath(kubernetes['manifests'], [...at, 'manifests'], report);
  checkPath(mappingOf(value['migration'])['manifest'], [...path, 'migration', 'manifest'], report);
  const accesses = ACCESSES.filter((key) => kubernetes[key] !== undefined);
  if (accesses.length === 0 && !hasAlmost(kubernetes, ACCESSES))
    report('cluster', at, 'how the cluster is reached is not said. expected "eks" or "kubeconfig"', { key: true });
  if (accesses.length > 1)
    report('cluster', [...at, 'kubeconfig'], 'there are both "eks" and "kubeconfig". expected one of them', {
      key: true,
    });
}

function checkPath(value: unknown, path: Path, report: Report): void {
  if (typeof value !== 'string' || value === '' || normalPath(value) !== undefined) return;
  report('wrong-path', path, `${quote(value)} is not a path in the repository`, {
    help: adviseOnPath(value, 'k8s/production'),
  });
}

/** What may also come from elsewhere is required here, where all is known. A misspelt key is told as that alone. */
export function reportMissing(key: string, mapping: Mapping, path: Path, report: Report): void {
  if (hasAlmost(mapping, [key])) return;
  const help = exampleOf(path, key);
  const message = `missing key "${key}" in "${path.at(-1)}"`;
  report('missing-key', path, message, { key: true, ...(help === undefined ? {} : { help }) });
}

function checkCycles(environments: readonly Environment[], report: Report): void {
  const after = new Map(environments.map(({ name, value }) => [name, value['after']]));
  const walked = new Set<string>();
  for (const { name } of environments) {
    // The way from here: a place that an earlier walk has been at leads nowhere new.
    const way = new Set<string>();
    let at: unknown = name;
    while (typeof at === 'string' && after.has(at) && !walked.has(at) && !way.has(at)) {
      way.add(at);
      at = after.get(at);
    }
    for (const place of way) walked.add(place);
    if (typeof at !== 'string' || !way.has(at)) continue;
    const steps = [...way];
    const cycle = steps.slice(steps.indexOf(at));
    const [first = ''] = cycle;
    report('cycle', ['environments', first, 'after'], `"after" makes a cycle: ${[...cycle, first].join(' -> ')}`, {
      help: 'one of them must follow a branch or a tag instead',
    });
  }
}

function checkClusters(environments: readonly Environment[], report: Report, places: Places): void {
  const seen = new Map<string, string>();
  for (const { name, value } of environments) {
    const key = namespaceKey(value);
    if (key === undefined) continue;
    const other = seen.get(key);
    seen.set(key, other ?? name);
    if (other === undefined) continue;
    report(
      'same-target',
      ['environments', name, 'kubernetes', 'namespace'],
      `"${name}" and "${other}" are the same namespace "${mappingOf(value['kubernetes'])['namespace']}" of the same cluster`,
      {
        help: 'give each environment a namespace or a cluster of its own',
        related: [relatedTo(`"${other}" is here`, places.value(['environments', other, 'kubernetes', 'namespace']))],
      },
    );
  }
}

/** The namespace of an environment with its cluster, as one text; undefined where either is not known. */
export function namespaceKey(environment: Mapping): string | undefined {
  const { eks, region, kubeconfig, namespace } = mappingOf(environment['kubernetes']);
  if (typeof namespace !== 'string' || (typeof eks !== 'string' && typeof kubeconfig !== 'string')) return undefined;
  if (typeof eks !== 'string') return JSON.stringify([kubeconfig, namespace]);
  // EKS looks a cluster up in the account of who asks.
  const [, account] = /^arn:[^:]*:iam::(\d{12}):/.exec(String(environment['role'])) ?? [];
  return JSON.stringify([account, region, eks, namespace]);
}
