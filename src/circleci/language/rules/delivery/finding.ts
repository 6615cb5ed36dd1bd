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
export function atAction({ place }: Action, words: Words): Finding {
  return { path: place.path, at: 'key', ...words };
}

/** Another entry of a workflow that a finding has to do with. */
export function relatedJob({ place }: Invocation, message: string, { yaml }: Subject): Related {
  return { message, file: yaml.file, range: yaml.keyRange(place.path) };
}

/** Another step that a finding has to do with. */
export function relatedAction({ place }: Action, message: string, { yaml }: Subject): Related {
  return { message, file: yaml.file, range: yaml.keyRange(place.path) };
}

/** Reports the first finding of each place: the instances of a matrix, and the callers of a command, share theirs. */
export function oncePerPlace(report: ReportFinding): ReportFinding {
  const seen = new Set<string>();
  return (finding) => {
    const key = JSON.stringify('path' in finding ? finding.path : finding.span);
    if (seen.has(key)) return;
    seen.add(key);
    report(finding);
  };
}
