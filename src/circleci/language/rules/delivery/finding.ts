import type { Related } from '../../../../diagnostic/diagnostic.js';
import type { Action } from '../../actions/action.js';
import type { Invocation } from '../../model.js';
import type { Finding, ReportFinding, Subject } from '../rule.js';

/** What a rule says about a job, without the place. */
type Words = Pick<Finding, 'message' | 'help' | 'related' | 'weight'>;

/** A finding about an entry of a workflow. */
export function atJob({ place }: Invocation, words: Words): Finding {
  return { path: place.path, at: 'key', ...words };
}

/** A finding about a step. */
export function atAction({ place, part }: Action, words: Words): Finding {
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
export function oncePerPlace(report: ReportFinding): ReportFinding {
  const seen = new Set<string>();
  return (finding) => {
    const key = JSON.stringify('path' in finding ? [finding.path, finding.part] : finding.span);
    if (seen.has(key)) return;
    seen.add(key);
    report(finding);
  };
}
