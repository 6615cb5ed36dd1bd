import type { Invocation, Requirement, Workflow } from '../model.js';
import { filtersIn, type Situation } from './situation.js';

/** One job that another waits for. */
export interface Edge {
  readonly job: Invocation;
  readonly requirement: Requirement;
}

/** What waits for what in a workflow. A job group stands for itself; what requires it waits for its members too. */
export class Flow {
  readonly #jobs: ReadonlyMap<string, Invocation>;
  readonly #edges = new Map<Invocation, readonly Edge[]>();
  readonly #ancestors = new Map<Invocation, ReadonlySet<Invocation>>();

  constructor(readonly workflow: Workflow) {
    this.#jobs = new Map(workflow.jobs.map((job) => [job.name, job]));
    for (const job of workflow.jobs) this.#edges.set(job, this.#edgesOf(job));
  }

  /** The jobs that a job waits for itself; those of its group are among them. */
  edges(job: Invocation): readonly Edge[] {
    return this.#edges.get(job) ?? [];
  }

  /** Everything that a job waits for, directly or through others. */
  ancestors(job: Invocation): ReadonlySet<Invocation> {
    const known = this.#ancestors.get(job);
    if (known !== undefined) return known;
    const found = new Set<Invocation>();
    const open = [job];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const { job: required } of this.edges(next)) {
        if (found.has(required)) continue;
        found.add(required);
        open.push(required);
      }
    }
    this.#ancestors.set(job, found);
    return found;
  }

  /** The approvals that a job waits for. */
  approvals(job: Invocation): readonly Invocation[] {
    return [...this.ancestors(job)].filter(({ kind }) => kind === 'approval');
  }

  /** Whether two jobs may run at the same time: neither waits for the other. */
  areParallel(a: Invocation, b: Invocation): boolean {
    return a !== b && !this.ancestors(a).has(b) && !this.ancestors(b).has(a);
  }

  /**
   * Whether a job is part of the workflow: its filters let it run, and those of at least one job that it requires do
   * ("requires" of the configuration reference). Undefined where that depends on more than the situation.
   */
  runs(job: Invocation, situation: Situation): boolean | undefined {
    return this.#runs(job, situation, new Map());
  }

  /** The approval that a job waits for in a situation, where those that are filtered out hold nothing back. */
  approvalIn(job: Invocation, situation: Situation): Invocation | undefined {
    const known = new Map<Invocation, boolean | undefined>();
    const seen = new Set<Invocation>();
    const open = [job];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const { job: required } of this.edges(next)) {
        if (seen.has(required) || this.#runs(required, situation, known) === false) continue;
        if (required.kind === 'approval') return required;
        seen.add(required);
        open.push(required);
      }
    }
    return undefined;
  }

  #runs(job: Invocation, situation: Situation, known: Map<Invocation, boolean | undefined>): boolean | undefined {
    if (known.has(job)) return known.get(job);
    known.set(job, undefined); // jobs that wait for each other
    const group = job.group === undefined ? undefined : this.#jobs.get(job.group);
    const own =
      group === undefined
        ? filtersIn(job.filters, situation)
        : both(
            filtersIn(group.filters, situation),
            job.filters === undefined ? true : filtersIn(job.filters, situation),
          );
    const required = this.edges(job).map((edge) => this.#runs(edge.job, situation, known));
    const some =
      required.length === 0 || required.includes(true) ? true : required.includes(undefined) ? undefined : false;
    const result = both(own, some);
    known.set(job, result);
    return result;
  }

  #edgesOf(job: Invocation): readonly Edge[] {
    const group = job.group === undefined ? undefined : this.#jobs.get(job.group);
    return [...job.requires, ...(group?.requires ?? [])].flatMap((requirement) => {
      const required = this.#jobs.get(requirement.name);
      if (required === undefined) return [];
      const members =
        required.kind === 'job-group' ? this.workflow.jobs.filter(({ group: of }) => of === required.name) : [];
      return [required, ...members].map((one) => ({ job: one, requirement }));
    });
  }
}

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : undefined;
}

const flows = new WeakMap<Workflow, Flow>();

/** The flow of a workflow; the same one whenever it is asked for. */
export function flowOf(workflow: Workflow): Flow {
  const flow = flows.get(workflow) ?? new Flow(workflow);
  flows.set(workflow, flow);
  return flow;
}
