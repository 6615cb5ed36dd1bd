import type { Related } from '../../../../diagnostic/diagnostic.js';
import type { Path } from '../../../../yaml/parse.js';
import type { Action } from '../../actions/action.js';
import type { Invocation } from '../../model.js';
import type { Finding, ReportFinding, Subject } from '../rule.js';

/** A finding by its path. */
type AtPath = Extract<Finding, { readonly path: Path }>;

/** What a rule says about a job, without the place. */
type Words = Pick<Finding, 'message' | 'help' | 'related' | 'weight'>;

/** A finding about an entry of a workflow. */
export function atJob({ place }: Invocation, words: Words): AtPath {
  return { path: place.path, at: 'key', ...words };
}

/** A finding about a step. */
export function atAction({ place, part }: Action, words: Words): AtPath {
  return { path: place.path, at: 'key', ...(part === undefined ? {} : { part }), ...words };
}

/** What a job is called in a message: its name, without the number that CircleCI gives a job that has none of its own. */
export function titleOf({ name, reference }: Invocation): string {
  return name.replace(/-\d+$/, '') === reference ? reference : name;
}

/** Another entry of a workflow that a finding has to do with. */
export function relatedJob({ place }: Invocation, message: string, { yaml }: Subject): Related {
  return { message, file: yaml.file, range: yaml.keyRange(place.path) };
}

/** Another step that a finding has to do with. */
export function relatedAction({ place, part }: Action, message: string, { yaml }: Subject): Related {
  const range = part === undefined ? yaml.keyRange(place.path) : yaml.partRange(place.path, part);
  return { message, file: yaml.file, range };
}

/** Reports the first finding of each place: the instances of a matrix, and the callers of a command, share theirs. */
export function oncePerPlace(report: ReportFinding): (finding: AtPath) => void {
  const seen = new Set<string>();
  return (finding) => {
    const key = JSON.stringify([finding.path, finding.part]);
    if (seen.has(key)) return;
    seen.add(key);
    report(finding);
  };
}
