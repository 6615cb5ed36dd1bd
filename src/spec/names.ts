import { quote } from '../diagnostic/quote.js';
import { type Mapping, mappingOf, own } from '../yaml/mapping.js';
import type { Base } from './base.js';
import type { Environment } from './environments.js';
import { hooksOf } from './hooks.js';
import { approvalJobName, CHECK_JOB_NAME, jobNames } from './job-names.js';
import { type Place, placesOf } from './places.js';
import { type Report, relatedTo } from './report.js';
import type { SpecPart } from './services.js';
import { strings } from './strings.js';

/** A part of a spec with its environments and what tells of its problems. */
export interface CheckedPart extends SpecPart {
  readonly environments: readonly Environment[];
  readonly report: Report;
}

/** Whose name a name is. The place is looked up when there is something to tell. */
interface Owner {
  readonly what: string;
  /** Of a generated job: whose it is. */
  readonly service?: string | undefined;
  readonly place: () => Place;
}

/** Names of jobs in lower case, since CircleCI takes names that differ only in case for the same; each with its first owner. */
type Owners = Map<string, Owner>;

/** Every job of a CircleCI config has a name of its own. */
export function checkNames(parts: readonly CheckedPart[], base: Base | undefined, report: Report): void {
  const owners: Owners = new Map();
  for (const part of parts) claimJobs(part, owners);
  for (const part of parts) checkHooks(part, owners);
  if (base !== undefined) checkBase(base, owners, report);
  for (const part of parts) checkApprovals(part, owners);
}

/** The jobs that are generated. Two services whose names are alike may come to the same one. */
function claimJobs({ service, spec, places, environments, report }: CheckedPart, owners: Owners): void {
  const names = jobNames(service);
  const of = service === undefined ? '' : ` of "${service}"`;
  const claim = (job: string, what: string, path: readonly string[]) => {
    const owner = owners.get(job.toLowerCase());
    if (owner === undefined) {
      owners.set(job.toLowerCase(), { what: `${what}${of}`, service, place: () => places.key(path) });
    } else if (owner.service !== service) {
      report('name-collision', path, `${what}${of} gets the name of ${owner.what}: ${quote(job)}`, {
        key: true,
        help: 'give one of the services or environments another name',
        related: [relatedTo('that is here', owner.place())],
      });
    }
  };
  if (spec['image'] !== undefined) {
    claim(names.publish, 'the job that publishes the image', ['image']);
    for (const platform of new Set(strings(mappingOf(spec['image'])['platforms'] ?? ['linux/amd64']))) {
      claim(names.build(platform), `the job that builds for ${platform}`, ['image']);
    }
  }
  if (spec['check'] === true) claim(CHECK_JOB_NAME, 'the job that checks the config', ['check']);
  for (const { name } of environments) {
    claim(names.deploy(name), `the job that deploys "${name}"`, ['environments', name]);
  }
}

/** The names that the base's jobs have around a deployment, which become owners too. */
function checkHooks({ service, places, environments, report }: CheckedPart, owners: Owners): void {
  const of = service === undefined ? '' : ` of "${service}"`;
  for (const { name: environment, value } of environments) {
    for (const { job, name, when, path } of hooksOf(environment, value, service)) {
      const what = `the job ${quote(job)} that runs ${when} the deployment of "${environment}"${of}`;
      const owner = owners.get(name.toLowerCase());
      if (owner === undefined) owners.set(name.toLowerCase(), { what, place: () => places.value(path) });
      else if (owner.what === what) {
        report(
          'name-collision',
          path,
          `the job ${quote(job)} stands twice ${when} the deployment of "${environment}"`,
          { help: 'name it once', related: [relatedTo('it is here, too', owner.place())] },
        );
      } else {
        report('name-collision', path, `${what} gets the name of ${owner.what}: ${quote(name)}`, {
          help: `give the job another name in .circleci/base.yml than ${quote(job)}`,
          related: [relatedTo('that is here', owner.place())],
        });
      }
    }
  }
}

/** Steps that CircleCI brings along and generated jobs call. A command of that name would run in their place. */
export const CALLED_STEPS = [
  'run',
  'checkout',
  'persist_to_workspace',
  'attach_workspace',
  'restore_cache',
  'save_cache',
];

/** The base's jobs, which become owners too, and its orbs. */
function checkBase(base: Base, owners: Owners, report: Report): void {
  const places = placesOf(base.yaml);
  for (const job of Object.keys(base.jobs)) {
    const owner = owners.get(job.toLowerCase());
    if (owner === undefined) {
      const place = () => places.key(['jobs', job]);
      owners.set(job.toLowerCase(), { what: `a job of ${base.yaml.file}`, place });
    } else {
      const place = owner.place();
      const inBase = place.file === base.yaml.file;
      report('name-collision', ['jobs', job], `the job "${job}" has the name of ${owner.what}`, {
        key: true,
        in: places,
        help: 'give the job another name: names of jobs that differ only in case are the same to CircleCI',
        related: [relatedTo(inBase ? 'that is here' : 'that is made from', place)],
      });
    }
  }
  for (const step of CALLED_STEPS) {
    if (own(base.parts['commands'], step) === undefined) continue;
    const message = `the command "${step}" takes the place of CircleCI's own step, which the generated jobs call`;
    report('name-collision', ['commands', step], message, {
      key: true,
      in: places,
      help: 'give the command another name',
    });
  }
  if (mappingOf(base.parts['orbs'])['build-once'] === undefined) return;
  report(
    'name-collision',
    ['orbs', 'build-once'],
    'the orb "build-once" has the name by which the generated jobs call theirs',
    {
      key: true,
      in: places,
      help: 'give the orb another name, or name it under "orb" in the spec when it is the published one',
    },
  );
}

function checkApprovals({ environments, report }: CheckedPart, owners: Owners): void {
  const approvals = new Map<string, { readonly name: string; readonly after: unknown }>();
  for (const { name, value } of environments) {
    const approval = approvalOf(name, value);
    if (approval === undefined) continue;
    const path = ['environments', name, 'approval'];
    const owner = owners.get(approval.toLowerCase());
    if (owner !== undefined) {
      report('name-collision', path, `the approval "${approval}" has the name of ${owner.what}`, {
        help: `choose another name, for example ${free(approvalJobName(name), owners)}`,
        related: [relatedTo('that is here', owner.place())],
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
