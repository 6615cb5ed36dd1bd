import type { Diagnostic } from '../../diagnostic/diagnostic.js';
import { type BaseText, makeBaseText } from '../../spec/detect/base-text.js';
import type { Facts } from '../../spec/detect/detect.js';
import { type Draft, generatedJobNames, testsOf } from '../../spec/detect/draft.js';
import { type RenderedSpec, renderSpec } from '../../spec/detect/render.js';
import type { Note } from '../../spec/detect/repository.js';
import { readSpec } from '../../spec/read.js';
import { BASE_FILE, SPEC_FILE } from '../project.js';

/** What `init` writes. */
export interface MadeFiles {
  readonly spec: RenderedSpec;
  /** Undefined: there is a base, or nothing to make one of. */
  readonly base: BaseText | undefined;
  /** What gen-config will say of the spec, but for what is to be filled in. */
  readonly problems: readonly Note[];
}

/**
 * Makes the texts of a draft, and reads them as gen-config will.
 * @param isConfigFree the facts' config is one that gen-config did not write, and there is no base yet
 */
export function makeFiles(facts: Facts, draft: Draft, isConfigFree: boolean): MadeFiles {
  const { config, continuation } = facts;
  const tests = testsOf(draft);
  const several = draft.parts.some(({ service }) => service !== undefined);
  const base =
    config === undefined || !isConfigFree
      ? undefined
      : makeBaseText(config, {
          generated: generatedJobNames(draft),
          tests,
          continued: several,
          parameters: [...new Set(continuation?.mapping.map(({ parameter }) => parameter))],
        });
  const spec = renderSpec(draft, {
    ...(tests.length === 0 ? { noTests: 'name jobs of .circleci/base.yml that must pass first' } : {}),
    ...(facts.taskDefinitions.length > 0 && facts.manifests.workloads.length === 0
      ? { environments: 'ECS is not a target yet, Kubernetes is' }
      : {}),
  });
  const baseText = base?.text ?? (config?.yaml.file === BASE_FILE ? config.yaml.text : undefined);
  const read = readSpec(
    { file: SPEC_FILE, text: spec.text },
    baseText === undefined ? undefined : { file: BASE_FILE, text: baseText },
  );
  const lines = new Set(spec.missing.map(({ line }) => line));
  const expected = ({ file, range }: Diagnostic) => file === SPEC_FILE && lines.has(range.start.line);
  const problems = (read.ok ? [] : read.error)
    .filter((problem) => !expected(problem))
    .map(({ file, range, message }) => ({ at: { file, line: range.start.line }, text: message }));
  return { spec, base, problems };
}

/** What a person has to know of the base that was made. */
export function describeBase(base: BaseText | undefined): readonly Note[] {
  if (base === undefined) return [];
  const at = { file: BASE_FILE };
  const texts = [
    ...(base.kept ? [] : ['comments are lost: the layout of config.yml could not be kept']),
    ...(base.dropped.length > 0
      ? [`left out, since gen-config makes a job of that name: ${base.dropped.join(', ')}`]
      : []),
    ...(base.workflows.length > 0
      ? [`these workflows stay, since they build no image and deploy nothing: ${base.workflows.join(', ')}`]
      : []),
    ...base.unscheduled.map(
      (name) => `the workflow ${name} is left out: a config that a setup config continues with has no schedules`,
    ),
    ...(base.idle.length > 0
      ? [`nothing runs these any more, delete what build-once replaces: ${base.idle.join(', ')}`]
      : []),
  ];
  return texts.map((text) => ({ at, text }));
}
