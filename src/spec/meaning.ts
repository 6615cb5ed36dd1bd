import type { Diagnostic, Range, Related } from '../diagnostic/diagnostic.js';
import { suggest } from '../diagnostic/suggest.js';
import { parseReference } from '../reference.js';
import type { Path, Yaml } from '../yaml/parse.js';
import type { Base } from './base.js';
import { approvalJobName, buildJobName, deployJobName, PUBLISH_JOB_NAME } from './job-names.js';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Checks what a schema cannot say: names that must exist, cycles, collisions. Works on the raw value, and skips what has
 * not the right shape, so that all problems of a spec are found in one go.
 * @param base what `.circleci/base.yml` holds; undefined when there is no such file
 */
export function checkMeaning(yaml: Yaml, base: Base | undefined): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const report: Report = (code, path, message, more = {}) => {
    const source = more.in ?? yaml;
    problems.push({
      code: `spec/${code}`,
      severity: 'error',
      message,
      file: source.file,
      range: more.key === true ? source.keyRange(path) : source.valueRange(path),
      ...(more.help === undefined ? {} : { help: more.help }),
      ...(more.related === undefined ? {} : { related: more.related }),
    });
  };
  const spec = mapping(yaml.value);
  const environments = Object.entries(mapping(spec['environments'])).map(([name, value]) => ({
    name,
    value: mapping(value),
  }));
  checkWhole(spec, environments.length, report);
  checkRepository(spec, report);
  checkTests(spec, base, report);
  for (const environment of environments) checkEnvironment(environment, environments, report);
  checkCycles(environments, report);
  checkClusters(environments, report, yaml);
  checkNames(spec, environments, base, report, yaml);
  return problems;
}

interface More {
  /** Point at the key instead of the value. */
  readonly key?: boolean;
  /** The text that the path is of. Default: the spec. */
  readonly in?: Yaml;
  readonly help?: string;
  readonly related?: readonly Related[];
}
type Report = (code: string, path: Path, message: string, more?: More) => void;
interface Environment {
  readonly name: string;
  readonly value: Mapping;
}

function checkWhole(spec: Mapping, environments: number, report: Report): void {
  const hasImage = spec['image'] !== undefined;
  if (hasImage && environments === 0) {
    report('no-environment', ['image'], 'there is an image, but no environment to deploy it to', {
      key: true,
      help: 'add "environments" with at least one that follows a branch',
    });
  }
  if (!hasImage && environments > 0) {
    report('no-image', ['environments'], 'there are environments, but no "image" to deploy', {
      key: true,
      help: 'add "image" with its "repository"',
    });
  }
  if (!hasImage && environments === 0 && strings(spec['test']).length === 0) {
    report('nothing-to-do', [], 'there is no "image" and no "test", so there is nothing to do', { key: true });
  }
}

function checkRepository(spec: Mapping, report: Report): void {
  const repository = mapping(spec['image'])['repository'];
  if (typeof repository !== 'string') return;
  const path = ['image', 'repository'];
  const reference = parseReference(repository);
  if (reference === undefined) {
    report('wrong-repository', path, `${JSON.stringify(repository)} is not a valid repository`, {
      help: 'expected HOST/PATH, the path in lower case, for example 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop',
    });
  } else if (reference.tag !== undefined || reference.digest !== undefined) {
    const found = reference.digest === undefined ? `the tag "${reference.tag}"` : 'a digest';
    const bare = repository.slice(0, repository.length - (reference.digest ?? reference.tag ?? '').length - 1);
    report('wrong-repository', path, `${JSON.stringify(repository)} has ${found}. expected a repository without one`, {
      help: `write ${bare}: the tag is made from the commit`,
    });
  }
}

function checkTests(spec: Mapping, base: Base | undefined, report: Report): void {
  const known = Object.keys(base?.jobs ?? {});
  const listed = Array.isArray(spec['test']);
  strings(spec['test']).forEach((test, index) => {
    if (known.includes(test)) return;
    const near = suggest(test, known);
    const where =
      base === undefined
        ? 'there is no .circleci/base.yml'
        : `${base.yaml.file} has ${known.length === 0 ? 'no jobs' : list(known)}`;
    report('unknown-job', listed ? ['test', index] : ['test'], `there is no job "${test}": ${where}`, {
      help:
        near === undefined ? `define the job "${test}" under "jobs" in .circleci/base.yml` : `did you mean "${near}"?`,
    });
  });
}

function checkEnvironment({ name, value }: Environment, all: readonly Environment[], report: Report): void {
  const path = ['environments', name];
  const triggers = ['branch', 'tag', 'after'].filter((key) => value[key] !== undefined);
  if (triggers.length === 0) {
    report('trigger', path, `nothing starts "${name}". expected one of "branch", "tag", "after"`, { key: true });
  }
  if (triggers.length > 1) {
    report('trigger', [...path, triggers[1] ?? ''], `"${name}" has ${list(triggers)}. expected one of them`, {
      key: true,
    });
  }
  const after = value['after'];
  const names = all.map((environment) => environment.name);
  if (typeof after === 'string' && !names.includes(after)) {
    const near = suggest(after, names);
    report(
      'unknown-environment',
      [...path, 'after'],
      `there is no environment "${after}". expected one of ${list(names.filter((other) => other !== name))}`,
      near === undefined ? {} : { help: `did you mean "${near}"?` },
    );
  }
  const kubernetes = mapping(value['kubernetes']);
  const at = [...path, 'kubernetes'];
  if (Object.keys(kubernetes).length === 0) return; // the shape says so already
  if (kubernetes['eks'] !== undefined && kubernetes['region'] === undefined) {
    report('missing-key', [...at, 'eks'], 'missing key "region": the AWS region of the EKS cluster', {
      key: true,
      help: 'for example region: "us-east-1"',
    });
  }
  const accesses = ['eks', 'kubeconfig'].filter((key) => kubernetes[key] !== undefined);
  if (accesses.length === 0)
    report('cluster', at, 'how the cluster is reached is not said. expected "eks" or "kubeconfig"', { key: true });
  if (accesses.length > 1)
    report('cluster', [...at, 'kubeconfig'], 'there are both "eks" and "kubeconfig". expected one of them', {
      key: true,
    });
}

function checkCycles(environments: readonly Environment[], report: Report): void {
  const after = new Map(environments.map(({ name, value }) => [name, value['after']]));
  const told = new Set<string>();
  for (const { name } of environments) {
    const way: string[] = [];
    let at: unknown = name;
    while (typeof at === 'string' && after.has(at) && !way.includes(at)) {
      way.push(at);
      at = after.get(at);
    }
    if (typeof at !== 'string' || !way.includes(at) || told.has(at)) continue;
    const cycle = way.slice(way.indexOf(at));
    for (const member of cycle) told.add(member);
    const [first = ''] = cycle;
    report('cycle', ['environments', first, 'after'], `"after" makes a cycle: ${[...cycle, first].join(' -> ')}`, {
      help: 'one of them must follow a branch or a tag instead',
    });
  }
}

function checkClusters(environments: readonly Environment[], report: Report, yaml: Yaml): void {
  const seen = new Map<string, string>();
  for (const { name, value } of environments) {
    const { eks, region, kubeconfig, namespace } = mapping(value['kubernetes']);
    if (typeof namespace !== 'string' || (typeof eks !== 'string' && typeof kubeconfig !== 'string')) continue;
    const key = JSON.stringify([eks, eks === undefined ? kubeconfig : region, namespace]);
    const other = seen.get(key);
    seen.set(key, other ?? name);
    if (other === undefined) continue;
    const range: Range = yaml.valueRange(['environments', other, 'kubernetes', 'namespace']);
    report(
      'same-target',
      ['environments', name, 'kubernetes', 'namespace'],
      `"${name}" and "${other}" are the same namespace "${namespace}" of the same cluster`,
      {
        help: 'give each environment a namespace or a cluster of its own',
        related: [{ message: `"${other}" is here`, file: yaml.file, range }],
      },
    );
  }
}

/** Every job of a CircleCI config has a name of its own, whatever its case. */
function checkNames(
  spec: Mapping,
  environments: readonly Environment[],
  base: Base | undefined,
  report: Report,
  yaml: Yaml,
): void {
  const owners = new Map<string, { readonly what: string; readonly file: string; readonly range: Range }>();
  const own = (job: string, what: string, file: string, range: Range) => {
    const key = job.toLowerCase();
    if (!owners.has(key)) owners.set(key, { what, file, range });
  };
  if (spec['image'] !== undefined) {
    own(PUBLISH_JOB_NAME, 'the job that publishes the image', yaml.file, yaml.keyRange(['image']));
    for (const platform of strings(mapping(spec['image'])['platforms'] ?? ['linux/amd64'])) {
      own(buildJobName(platform), `the job that builds for ${platform}`, yaml.file, yaml.keyRange(['image']));
    }
  }
  for (const { name } of environments) {
    own(deployJobName(name), `the job that deploys "${name}"`, yaml.file, yaml.keyRange(['environments', name]));
  }
  for (const job of Object.keys(base?.jobs ?? {})) {
    if (base === undefined) break;
    const range = base.yaml.keyRange(['jobs', job]);
    const owner = owners.get(job.toLowerCase());
    if (owner === undefined) own(job, `a job of ${base.yaml.file}`, base.yaml.file, range);
    else {
      report('name-collision', ['jobs', job], `the job "${job}" has the name of ${owner.what}`, {
        key: true,
        in: base.yaml,
        help: 'give the job another name: names of jobs that differ only in case are the same to CircleCI',
        related: [{ message: 'that is made from', file: owner.file, range: owner.range }],
      });
    }
  }
  const orbs = mapping(base?.parts['orbs']);
  if (base !== undefined && orbs['build-once'] !== undefined) {
    report(
      'name-collision',
      ['orbs', 'build-once'],
      'the orb "build-once" has the name by which the generated jobs call theirs',
      {
        key: true,
        in: base.yaml,
        help: 'give the orb another name, or name it under "orb" in the spec when it is the published one',
      },
    );
  }
  const approvals = new Map<string, { readonly name: string; readonly after: unknown }>();
  for (const { name, value } of environments) {
    const approval = approvalOf(name, value);
    if (approval === undefined) continue;
    const path = ['environments', name, 'approval'];
    const owner = owners.get(approval.toLowerCase());
    if (owner !== undefined) {
      report('name-collision', path, `the approval "${approval}" has the name of ${owner.what}`, {
        help: `choose another name, for example ${approvalJobName(name)}`,
        related: [{ message: 'that is here', file: owner.file, range: owner.range }],
      });
    }
    const other = approvals.get(approval);
    if (other === undefined) approvals.set(approval, { name, after: value['after'] });
    else if (other.after !== value['after'] || value['after'] === undefined) {
      report(
        'name-collision',
        path,
        `"${name}" and "${other.name}" share the approval "${approval}", but do not come after the same environment`,
        {
          help: 'give each an approval of its own',
        },
      );
    }
  }
}

/** The name of an environment's approval job; undefined when it has none. */
export function approvalOf(name: string, environment: Mapping): string | undefined {
  const { approval, after } = environment;
  if (typeof approval === 'string') return approval;
  const wanted = approval ?? after !== undefined;
  return wanted === true ? approvalJobName(name) : undefined;
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

/** A string, or the strings of a list. */
export function strings(value: unknown): readonly string[] {
  return [value].flat().filter((item): item is string => typeof item === 'string');
}

function list(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
