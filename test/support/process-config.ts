import { compileConfig } from '../../src/circleci/language/compile.js';
import { unescapeReferences } from '../../src/circleci/language/environment.js';
import { jobData } from '../../src/circleci/language/job-data.js';
import type { Invocation, Model } from '../../src/circleci/language/model.js';
import type { PlainProblem } from '../../src/circleci/language/problem.js';
import type { Mapping } from '../../src/yaml/mapping.js';

/** A config as CircleCI's compiler leaves it: no orbs, commands, executors or parameters any more. */
export interface Processed {
  readonly jobs: Readonly<Record<string, Mapping>>;
  readonly workflows: Readonly<Record<string, ProcessedWorkflow>>;
}

export interface ProcessedWorkflow {
  /** As it is written. */
  readonly when: unknown;
  readonly jobs: readonly ProcessedInvocation[];
}

export interface ProcessedInvocation {
  /** Name in the workflow. */
  readonly name: string;
  readonly approval: boolean;
  readonly requires: readonly string[];
  readonly context: readonly string[];
  readonly filters: unknown;
  readonly serialGroup: string | undefined;
}

export interface ProcessOptions {
  /** Pipeline values by name, `pipeline.git.branch`. Those that are not given stay as they are written. */
  readonly values?: Mapping;
  /** Sources of registry orbs by reference. */
  readonly imports?: Readonly<Record<string, Mapping>>;
}

/** Compiles a config that is plain data, and gives the jobs and the graph of what comes out. */
export function processConfig(
  config: Mapping,
  { values = {}, imports = {} }: ProcessOptions = {},
): { readonly processed: Processed; readonly problems: readonly PlainProblem[] } {
  const orbs = Object.entries(imports).map(([reference, value]) => [reference, { file: reference, value }] as const);
  const model = compileConfig({ file: '', value: config }, { values, orbs: Object.fromEntries(orbs) });
  const problems = model.problems.map(({ code, path, message }) => ({ code, path, message }));
  return { processed: summarize(model), problems };
}

function summarize({ workflows }: Model): Processed {
  const invocations = workflows.flatMap(({ jobs }) => jobs);
  return {
    jobs: Object.fromEntries(invocations.flatMap(jobOf)),
    workflows: Object.fromEntries(
      workflows.map(({ name, condition, jobs }) => [name, { when: condition?.data, jobs: jobs.map(invocationOf) }]),
    ),
  };
}

function jobOf({ name, kind, reference, job, parameters }: Invocation): readonly (readonly [string, Mapping])[] {
  if (kind === 'opaque') return [[name, { [reference]: parameters }]];
  return job === undefined ? [] : [[name, unescapeReferences(jobData(job))]];
}

function invocationOf({ name, kind, requires, contexts, filters, serialGroup }: Invocation): ProcessedInvocation {
  return {
    name,
    approval: kind === 'approval',
    requires: requires.map((one) => one.name),
    context: contexts,
    filters: filters?.kind === 'expression' ? filters.text : filters?.map,
    serialGroup,
  };
}
