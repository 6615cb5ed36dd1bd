import { quote } from '../diagnostic/quote.js';
import { suggest } from '../diagnostic/suggest.js';
import { isMapping, type Mapping, mappingOf, own } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { findUnsafe } from './texts.js';

/** Collects a problem of the base: the code without its `base/`, the path that it is about, the message. */
export type ReportInBase = (code: string, path: Path, message: string, help: string) => void;

/** Names of workflows that gen-config writes, for some spec or other: no change of a spec may meet one of the base. */
const GENERATED = /^(?:test|deliver(?:-.*)?)$/i;

/**
 * Checks the workflows of a base. They go into the config as they are, beside those that gen-config writes, so they may
 * call jobs of the base and of its orbs and no others: a generated job that ran in them would get round its approval.
 */
export function checkWorkflows(base: Mapping, report: ReportInBase): void {
  const known = { jobs: mappingOf(base['jobs']), orbs: mappingOf(base['orbs']) };
  for (const [name, workflow] of Object.entries(mappingOf(base['workflows']))) {
    const path = ['workflows', name];
    const { jobs } = mappingOf(workflow);
    if (name === 'version' && !isMapping(workflow)) {
      report('wrong-type', path, '"version" is not a workflow', 'delete it: since version 2.1 it says nothing');
    } else if (!Array.isArray(jobs)) {
      report('wrong-type', path, `the workflow ${quote(name)} has no list of jobs`, 'give it "jobs"');
    } else if (findUnsafe(name) !== undefined) {
      const message = `the workflow ${quote(name)} has "<<" or a control character in its name`;
      report('wrong-name', path, message, 'give it another name');
    } else if (GENERATED.test(name)) {
      const message = `the workflow ${quote(name)} has a name that gen-config keeps for its own workflows`;
      report('workflow-name', path, message, 'give it another name than "test", "deliver" and "deliver-..."');
    } else {
      jobs.forEach((job, index) => {
        checkInvocation(job, name, [...path, 'jobs', index], known, report);
      });
    }
  }
}

interface Known {
  readonly jobs: Mapping;
  readonly orbs: Mapping;
}

function checkInvocation(item: unknown, workflow: string, path: Path, known: Known, report: ReportInBase): void {
  const entries = typeof item === 'string' ? [[item, {}] as const] : Object.entries(mappingOf(item));
  const [[name, raw] = ['', {}], ...others] = entries;
  if (entries.length !== 1) {
    const what = others.length === 0 ? `${quote(item)} in its list of jobs` : `${quote(name)} with keys beside it`;
    const message = `the workflow ${quote(workflow)} has ${what}, expected a name, or a mapping with one key`;
    const help = others.length === 0 ? 'name a job' : `indent the keys of ${quote(name)} by two more spaces`;
    report('wrong-entry', path, message, help);
    return;
  }
  const at = typeof item === 'string' ? path : [...path, name];
  const { type, 'override-with': other } = mappingOf(raw);
  // An approval runs nothing. What it is called is in no list.
  if (type !== 'approval') checkCall(name, workflow, at, known, report);
  if (other !== undefined) checkCall(other, workflow, [...at, 'override-with'], known, report);
}

/** @param job what stands where the name of a job is expected */
function checkCall(job: unknown, workflow: string, path: Path, { jobs, orbs }: Known, report: ReportInBase): void {
  const name = typeof job === 'string' ? job : '';
  const slash = name.indexOf('/');
  if (own(jobs, name) !== undefined || (slash >= 0 && own(orbs, name.slice(0, slash)) !== undefined)) return;
  const near = suggest(name, Object.keys(jobs));
  const message = `the workflow ${quote(workflow)} calls ${quote(job)}, which is no job of the base`;
  const help = 'jobs that gen-config writes run in its own workflows alone, where nothing gets round an approval';
  report('workflow-job', path, message, near === undefined ? help : `did you mean "${near}"?`);
}
