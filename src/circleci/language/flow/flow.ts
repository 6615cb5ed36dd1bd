import type { Invocation, Requirement, Workflow } from '../model.js';
import { remember } from '../remember.js';
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
  readonly #dependents = new Map<Invocation, Invocation[]>();
  readonly #running = new Map<Situation, ReadonlyMap<Invocation, boolean | undefined>>();
  readonly #ancestors = new Map<Invocation, ReadonlySet<Invocation>>();

  constructor(readonly workflow: Workflow) {
    this.#jobs = new Map(workflow.jobs.map((job) => [job.name, job]));
    for (const job of workflow.jobs) {
      const edges = this.#edgesOf(job);
      this.#edges.set(job, edges);
      for (const { job: required } of edges) {
        const dependents = this.#dependents.get(required) ?? [];
        dependents.push(job);
        this.#dependents.set(required, dependents);
      }
    }
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
    const known = this.#running.get(situation) ?? this.#findRunning(situation);
    this.#running.set(situation, known);
    return known.get(job);
  }

  /** The approval that a job waits for in a situation, where those that are filtered out hold nothing back. */
  approvalIn(job: Invocation, situation: Situation): Invocation | undefined {
    const seen = new Set<Invocation>();
    const open = [job];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const { job: required } of this.edges(next)) {
        if (seen.has(required) || this.runs(required, situation) === false) continue;
        if (required.kind === 'approval') return required;
        seen.add(required);
        open.push(required);
      }
    }
    return undefined;
  }

  /** What is known of every job; nothing of those that wait for each other. */
  #findRunning(situation: Situation): ReadonlyMap<Invocation, boolean | undefined> {
    const known = new Map<Invocation, boolean | undefined>();
    const waiting = new Map<Invocation, number>();
    const ready: Invocation[] = [];
    for (const [job, edges] of this.#edges) {
      waiting.set(job, edges.length);
      if (edges.length === 0) ready.push(job);
    }
    for (let job = ready.pop(); job !== undefined; job = ready.pop()) {
      const required = this.edges(job).map((edge) => known.get(edge.job));
      const some =
        required.length === 0 || required.includes(true) ? true : required.includes(undefined) ? undefined : false;
      known.set(job, both(this.#filtersIn(job, situation), some));
      for (const dependent of this.#dependents.get(job) ?? []) {
        const left = (waiting.get(dependent) ?? 0) - 1;
        waiting.set(dependent, left);
        if (left === 0) ready.push(dependent);
      }
    }
    return known;
  }

  /** A member of a job group runs where its group does and its own filters let it. */
  #filtersIn(job: Invocation, situation: Situation): boolean | undefined {
    const group = job.group === undefined ? undefined : this.#jobs.get(job.group);
    if (group === undefined) return filtersIn(job.filters, situation);
    const own = job.filters === undefined ? true : filtersIn(job.filters, situation);
    return both(filtersIn(group.filters, situation), own);
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

/** The flow of a workflow; the same one whenever it is asked for. */
export const flowOf = remember((workflow: Workflow): Flow => new Flow(workflow));
