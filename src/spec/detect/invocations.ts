import type { Yaml } from '../../yaml/parse.js';
import { listOf, type Mapping, mappingOf, textOf } from './repository.js';

/** A job in a workflow. */
export interface Invocation {
  readonly workflow: string;
  /** What is run: a job's name, or `orb/job`. */
  readonly reference: string;
  /** What it is called in the workflow. */
  readonly name: string;
  readonly approval: boolean;
  readonly everywhere: boolean;
  readonly requires: readonly string[];
  readonly contexts: readonly string[];
  readonly matrix: boolean;
  readonly values: Mapping;
  readonly line: number;
}

/** The jobs of all workflows, in their order. */
export function readInvocations(workflows: Mapping, yaml: Yaml): readonly Invocation[] {
  return Object.entries(workflows).flatMap(([workflow, raw]) => {
    const { jobs } = mappingOf(raw);
    const scheduled = isScheduled(mappingOf(raw));
    return listOf(jobs).flatMap((item, index): readonly Invocation[] => {
      const [entry] = typeof item === 'string' ? [[item, {}] as const] : Object.entries(mappingOf(item));
      if (entry === undefined) return [];
      const [reference, value] = entry;
      const values = mappingOf(value);
      return [
        {
          workflow,
          reference,
          name: textOf(values['name']) ?? reference,
          approval: values['type'] === 'approval',
          everywhere: !scheduled && runsEverywhere(mappingOf(values['filters'])),
          requires: texts(values['requires']),
          contexts: texts(values['context']),
          matrix: values['matrix'] !== undefined,
          values,
          line: yaml.keyRange(['workflows', workflow, 'jobs', index, ...(typeof item === 'string' ? [] : [reference])])
            .start.line,
        },
      ];
    });
  });
}

/** Whether a workflow runs by a schedule: its own, or one that its condition asks for (configuration reference, "when"). */
export function isScheduled({ triggers, when }: Mapping): boolean {
  const condition = JSON.stringify(when ?? '');
  return triggers !== undefined || (/schedul/.test(condition) && !/\bnot\b|!=/.test(condition));
}

/** Whether filters let every branch through, or all but some. */
function runsEverywhere(filters: Mapping): boolean {
  const branches = filters['branches'];
  if (typeof branches === 'string') return branches === '/.*/';
  const { only, ignore } = mappingOf(branches);
  if (texts(ignore).includes('/.*/')) return false;
  return only === undefined || texts(only).includes('/.*/');
}

function texts(value: unknown): readonly string[] {
  return [value].flat().flatMap((item) => textOf(item) ?? []);
}
