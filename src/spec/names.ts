import type { Range } from '../diagnostic/diagnostic.js';
import { quote } from '../diagnostic/quote.js';
import { type Mapping, mappingOf } from '../yaml/mapping.js';
import type { Yaml } from '../yaml/parse.js';
import type { Base } from './base.js';
import type { Environment } from './environments.js';
import { hooksOf } from './hooks.js';
import { approvalJobName, buildJobName, CHECK_JOB_NAME, deployJobName, PUBLISH_JOB_NAME } from './job-names.js';
import type { Report } from './report.js';
import { strings } from './strings.js';

/** Names of jobs in lower case, since CircleCI takes names that differ only in case for the same; each with its first owner. */
type Owners = Map<string, { readonly what: string; readonly file: string; readonly range: Range }>;

/** Every job of a CircleCI config has a name of its own. */
export function checkNames(
  spec: Mapping,
  environments: readonly Environment[],
  base: Base | undefined,
  report: Report,
  yaml: Yaml,
): void {
  const owners = ownersOf(spec, environments, yaml);
  checkHooks(environments, owners, report, yaml);
  if (base !== undefined) checkBase(base, owners, report);
  checkApprovals(environments, owners, report);
}

function claim(owners: Owners, job: string, what: string, file: string, range: Range): void {
  const key = job.toLowerCase();
  if (!owners.has(key)) owners.set(key, { what, file, range });
}

/** The jobs that are generated. */
function ownersOf(spec: Mapping, environments: readonly Environment[], yaml: Yaml): Owners {
  const owners: Owners = new Map();
  if (spec['image'] !== undefined) {
    claim(owners, PUBLISH_JOB_NAME, 'the job that publishes the image', yaml.file, yaml.keyRange(['image']));
    for (const platform of strings(mappingOf(spec['image'])['platforms'] ?? ['linux/amd64'])) {
      claim(owners, buildJobName(platform), `the job that builds for ${platform}`, yaml.file, yaml.keyRange(['image']));
    }
  }
  if (spec['check'] === true) {
    claim(owners, CHECK_JOB_NAME, 'the job that checks the config', yaml.file, yaml.keyRange(['check']));
  }
  for (const { name } of environments) {
    claim(
      owners,
      deployJobName(name),
      `the job that deploys "${name}"`,
      yaml.file,
      yaml.keyRange(['environments', name]),
    );
  }
  return owners;
}

/** The names that the base's jobs have around a deployment, which become owners too. */
function checkHooks(environments: readonly Environment[], owners: Owners, report: Report, yaml: Yaml): void {
  for (const { name: environment, value } of environments) {
    for (const { job, name, when, path } of hooksOf(environment, value)) {
      const what = `the job ${quote(job)} that runs ${when} the deployment of "${environment}"`;
      const owner = owners.get(name.toLowerCase());
      if (owner === undefined) claim(owners, name, what, yaml.file, yaml.valueRange(path));
      else if (owner.what === what) {
        report(
          'name-collision',
          path,
          `the job ${quote(job)} stands twice ${when} the deployment of "${environment}"`,
          {
            help: 'name it once',
            related: [{ message: 'it is here, too', file: owner.file, range: owner.range }],
          },
        );
      } else {
        report('name-collision', path, `${what} gets the name of ${owner.what}: ${quote(name)}`, {
          help: `give the job another name in .circleci/base.yml than ${quote(job)}`,
          related: [{ message: 'that is here', file: owner.file, range: owner.range }],
        });
      }
    }
  }
}

/** The base's jobs, which become owners too, and its orbs. */
function checkBase(base: Base, owners: Owners, report: Report): void {
  for (const job of Object.keys(base.jobs)) {
    const range = base.yaml.keyRange(['jobs', job]);
    const owner = owners.get(job.toLowerCase());
    if (owner === undefined) claim(owners, job, `a job of ${base.yaml.file}`, base.yaml.file, range);
    else {
      report('name-collision', ['jobs', job], `the job "${job}" has the name of ${owner.what}`, {
        key: true,
        in: base.yaml,
        help: 'give the job another name: names of jobs that differ only in case are the same to CircleCI',
        related: [
          {
            message: owner.file === base.yaml.file ? 'that is here' : 'that is made from',
            file: owner.file,
            range: owner.range,
          },
        ],
      });
    }
  }
  const orbs = mappingOf(base.parts['orbs']);
  if (orbs['build-once'] !== undefined) {
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
}

function checkApprovals(environments: readonly Environment[], owners: Owners, report: Report): void {
  const approvals = new Map<string, { readonly name: string; readonly after: unknown }>();
  for (const { name, value } of environments) {
    const approval = approvalOf(name, value);
    if (approval === undefined) continue;
    const path = ['environments', name, 'approval'];
    const owner = owners.get(approval.toLowerCase());
    if (owner !== undefined) {
      report('name-collision', path, `the approval "${approval}" has the name of ${owner.what}`, {
        help: `choose another name, for example ${free(approvalJobName(name), owners)}`,
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

/** The name, with a number behind it where it is taken. */
function free(name: string, taken: ReadonlyMap<string, unknown>): string {
  let wanted = name;
  for (let number = 2; taken.has(wanted); number++) wanted = `${name}_${number}`;
  return wanted;
}

/** The name of an environment's approval job; undefined when it has none. */
export function approvalOf(name: string, environment: Mapping): string | undefined {
  const { approval, after } = environment;
  if (typeof approval === 'string') return approval;
  const wanted = approval ?? after !== undefined;
  return wanted === true ? approvalJobName(name) : undefined;
}
