import type { Expression } from '../../expressions/expression.js';
import type { Mapping } from '../../yaml/mapping.js';
import type { Place, Source } from './place.js';
import type { Problem } from './problem.js';

/**
 * A config after compilation, which rules read and `process` prints. It holds every workflow, whatever its `when` says.
 *
 * Values that are not known when the config is compiled (a branch, say) stand in every text as they are written,
 * `<< pipeline.git.branch >>`, and a `<<` that is meant as text stays escaped, `\<<`: `unescapeReferences` ends that.
 */
export interface Model {
  /** The config itself. */
  readonly source: Source;
  readonly orbs: readonly Orb[];
  /** Pipeline parameters by name. */
  readonly parameters: Readonly<Record<string, PipelineParameter>>;
  /** Everything that the config and its orbs define, used or not; that of an orb only where it is at hand. */
  readonly definitions: readonly Definition[];
  /** What the workflows refer to, directly or through something else. */
  readonly used: ReadonlySet<Definition | Orb>;
  readonly workflows: readonly Workflow[];
  /** Executors that are handed to opaque orbs by their names, which therefore have to stay. */
  readonly kept: ReadonlySet<Definition>;
  /** What the orbs that are left are called in the compiled config: two orbs may each have a `node` of their own. */
  readonly aliases: ReadonlyMap<Orb, string>;
  /** What CircleCI would refuse, as far as compiling finds it. */
  readonly problems: readonly Problem[];
  /** What was not looked into, and why: each a sentence about a place. None of it is a problem. */
  readonly notes: readonly Problem[];
}

/** An orb as one document names it. */
export interface Orb {
  readonly alias: string;
  /** Where the alias stands. */
  readonly place: Place;
  readonly kind: 'inline' | 'registry' | 'url';
  /** `circleci/node@7.1.0`, or the address; undefined for an inline orb. */
  readonly reference: string | undefined;
  /** Its source; undefined when it is not at hand, and then the orb is opaque. */
  readonly source: Place | undefined;
}

export interface PipelineParameter {
  readonly name: string;
  readonly place: Place;
  /** As it is written; `string`, `boolean`, `integer` or `enum`. */
  readonly type: unknown;
  readonly default: unknown;
}

export type DefinitionKind = 'commands' | 'jobs' | 'executors' | 'job-groups';

/** A command, a job, an executor or a job group, as it is written. */
export interface Definition {
  readonly kind: DefinitionKind;
  readonly name: string;
  /** Where it is defined: `jobs.build`, `orbs.o.commands.c`. */
  readonly place: Place;
  readonly value: Mapping;
}

/** A `when` or an `unless`, as one expression that is true where its steps or its workflow run. */
export interface Condition {
  readonly place: Place;
  readonly key: 'when' | 'unless';
  readonly expression: Expression;
  /** Undefined when it depends on values that are not known. */
  readonly value: boolean | undefined;
  /** What stands after `condition:`, `when:` or `unless:`, with the values that are known. */
  readonly data: unknown;
}

export interface Workflow {
  readonly name: string;
  readonly place: Place;
  readonly condition: Condition | undefined;
  /** Every invocation, matrices and job groups unfolded: a group is followed by its members. */
  readonly jobs: readonly Invocation[];
}

/**
 * What an invocation runs. `opaque` is a job of an orb that is not at hand, `unknown` one that is nowhere (a problem says
 * so).
 */
export type InvocationKind =
  | 'build'
  | 'approval'
  | 'no-op'
  | 'release'
  | 'lock'
  | 'unlock'
  | 'job-group'
  | 'opaque'
  | 'unknown';

/** One job of a workflow: an entry of its `jobs`, or one instance of a matrix. */
export interface Invocation {
  /** Final and unique in the config's compiled jobs: `deploy`, `build-arm-3.2`, `test-2`. */
  readonly name: string;
  readonly kind: InvocationKind;
  /** The job that it calls, as written: `build`, `node/test`. */
  readonly reference: string;
  /** The entry by its reference, `workflows.w.jobs.3.build`; also where the entry is that name alone. */
  readonly place: Place;
  readonly definition: Definition | undefined;
  /** The values of this instance, where there is a matrix. */
  readonly matrix: MatrixInstance | undefined;
  /** The final name of the job group that it is a member of. */
  readonly group: string | undefined;
  readonly requires: readonly Requirement[];
  readonly filters: Filters | undefined;
  readonly contexts: readonly string[];
  readonly serialGroup: string | undefined;
  /** The job of an orb that takes the place of this one where the orb has it. */
  readonly overrideWith: string | undefined;
  /** The parameters that are given, matrix values among them. */
  readonly parameters: Mapping;
  /** What it runs. Undefined for kinds other than `build`, `no-op`, `release`, `lock` and `unlock`. */
  readonly job: Job | undefined;
  /** Steps of `pre-steps` and `post-steps` of an opaque job; those of any other job are in `job`. */
  readonly aroundOpaque: { readonly before: readonly Step[]; readonly after: readonly Step[] } | undefined;
}

export interface MatrixInstance {
  /** What other jobs require all instances by. */
  readonly alias: string;
  readonly values: Mapping;
}

/** Statuses of a required job ("requires" of the configuration reference). */
export type Status = 'success' | 'failed' | 'canceled' | 'unauthorized' | 'not_run';

/** One job that another waits for; an alias of a matrix makes one for each instance. */
export interface Requirement {
  /** Final name of the required job, whether or not the workflow has it. */
  readonly name: string;
  /** The invocation's name as written, `build` for the alias of a matrix. */
  readonly written: string;
  /** Any of these lets the job start. `terminal` is all of them. */
  readonly statuses: readonly Status[];
  readonly place: Place;
}

/** Filters as an expression, or in the form of branches and tags. */
export type Filters =
  | {
      readonly kind: 'expression';
      readonly place: Place;
      /** As it is written. */
      readonly text: string;
      /** With the values that are known. */
      readonly expression: Expression;
      /** Undefined when it depends on values that are not known. */
      readonly value: boolean | undefined;
    }
  | { readonly kind: 'map'; readonly place: Place; readonly map: Mapping };

/** What a job is after expansion. */
export interface Job {
  /** The compiled job without its steps: `docker`, `environment`, `resource_class`, and so on. */
  readonly content: Mapping;
  readonly machine: Machine;
  /** The job's variables over those of its executor. */
  readonly environment: Mapping;
  /** With those of `pre-steps` and `post-steps`. */
  readonly steps: readonly Step[];
}

/** What a job runs on. */
export interface Machine {
  /** `opaque`: an executor of an orb that is not at hand; `none`: the job says nothing, or runs nothing. */
  readonly kind: 'docker' | 'machine' | 'macos' | 'opaque' | 'none';
  /** Images of docker, the first runs the steps; the one image of a machine. Empty for `machine: true`. */
  readonly images: readonly string[];
  readonly resourceClass: string | undefined;
  /** The executor as it is called, where there is one. */
  readonly executor: string | undefined;
  /** Where images and the like are written: the job, or the executor's definition. */
  readonly place: Place;
}

/** One step of a job after expansion. */
export interface Step {
  /** `run`, `checkout` and the like; the name of a command of an orb that is not at hand, `slack/notify`. */
  readonly name: string;
  readonly opaque: boolean;
  /** The orb that an opaque command is of. */
  readonly orb: Orb | undefined;
  /** Its compiled keys. A `run` always has its `command`. Empty for a step that is a name alone. */
  readonly content: Mapping;
  /** Where it is written: an item of a list of steps. */
  readonly place: Place;
  /** The steps that called the commands it came through, the outermost first: where each call is written. */
  readonly calls: readonly Place[];
  /** The `when` and `unless` steps around it whose value is not known, the outermost first. */
  readonly conditions: readonly Condition[];
}
