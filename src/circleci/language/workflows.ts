import { quote } from '../../diagnostic/quote.js';
import { mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { readCondition } from './conditions.js';
import type { Draft } from './draft.js';
import type { Frame } from './frame.js';
import { readJobs } from './job-groups.js';
import type { Condition, Invocation, Workflow } from './model.js';
import { nameInvocations } from './names.js';
import { inside, type Place } from './place.js';
import { resolveRequires } from './resolve-requires.js';

/** A workflow whose jobs have no final names yet. */
interface WorkflowDraft {
  readonly name: string;
  readonly place: Place;
  readonly condition: Condition | undefined;
  readonly jobs: readonly Draft[];
}

/**
 * All workflows of a config, whatever their conditions say.
 * @param top the config
 */
export function readWorkflows(top: Place, frame: Frame, compiler: Compiler): readonly Workflow[] {
  const config = mappingOf(top.source.value);
  const drafts = Object.entries(mappingOf(config['workflows']))
    .filter(([name]) => name !== 'version') // `version: 2` stands among them in old configs
    .map(([name, value]) => readWorkflow(name, mappingOf(value), inside(top, 'workflows', name), frame, compiler));
  if (config['workflows'] === undefined) drafts.push(...withoutWorkflows(top, frame, compiler));
  const names = nameInvocations(drafts.map(({ jobs }) => jobs));
  return drafts.map((draft) => ({ ...draft, jobs: finish(draft, names, compiler) }));
}

function readWorkflow(
  name: string,
  value: Readonly<Record<string, unknown>>,
  place: Place,
  frame: Frame,
  compiler: Compiler,
): WorkflowDraft {
  const keys = (['when', 'unless'] as const).filter((key) => value[key] !== undefined);
  if (keys.length > 1) {
    const message = `the workflow ${quote(name)} has both "when" and "unless", expected one of them`;
    compiler.report({ ...inside(place, 'unless'), at: 'key', code: 'two-conditions', message });
  }
  const [key] = keys;
  const condition =
    key === undefined
      ? undefined
      : readCondition(key, value[key], true, inside(place, key), frame.environment, compiler);
  return { name, place, condition, jobs: readJobs(value['jobs'], inside(place, 'jobs'), frame, compiler) };
}

/** A config without workflows runs its job `build`. */
function withoutWorkflows(top: Place, frame: Frame, compiler: Compiler): readonly WorkflowDraft[] {
  if (frame.scope.definitions.jobs['build'] === undefined) {
    const message = 'there are no "workflows", and no job "build" that would run without them';
    compiler.report({ ...top, code: 'no-workflows', message });
    return [];
  }
  const jobs = readJobs(['build'], inside(top, 'jobs'), frame, compiler);
  return [{ name: 'workflow', place: inside(top, 'jobs', 'build'), condition: undefined, jobs }];
}

function finish({ jobs }: WorkflowDraft, names: ReadonlyMap<Draft, string>, compiler: Compiler): readonly Invocation[] {
  const requires = resolveRequires(jobs, names, compiler);
  return jobs.map((draft) => {
    const { group } = draft;
    return {
      ...draft,
      name: names.get(draft) ?? draft.name,
      group: group === undefined ? undefined : names.get(group),
      requires: requires.get(draft) ?? [],
    };
  });
}
