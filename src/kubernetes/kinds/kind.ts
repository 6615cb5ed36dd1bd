import type { Event, Pod, PodTemplate, Revision, Workload } from '../objects.js';
import type { Problem } from '../problem.js';
import type { Resource } from '../resources.js';

/** What this program has to know of a kind of workload. */
export interface WorkloadKind {
  readonly resource: Resource<Workload>;
  /** The template of its Pods; without containers where the workload has none of its own. */
  templateOf(workload: Workload): PodTemplate;
  /** A patch of the Pod spec of that template. */
  patchPodSpec(spec: object): object;
  /** Why a change of the template would not reach all of its Pods, where that is so. */
  findObstacle(workload: Workload, namespace: string): Obstacle | undefined;
  /** Whether a rollout that begins now can only go on by a Pod beside those that run: none of them ends before it. */
  needsRoom(workload: Workload): boolean;
  /** What its controller keeps of each template, where that is needed to tell new Pods from old ones. */
  readonly revisions?: Resource<Revision>;
  /** Whether its controller says in events alone that it may not make Pods. */
  readonly refusesByEvent: boolean;
  /** Whether its controller waits for a broken Pod to become ready before it replaces it by one of another template. */
  readonly waitsForBrokenPods: boolean;
  /** Reads how far a rollout has come, from a status that is about the template that is there. */
  read(workload: Workload, around: Surroundings): Rollout;
}

/** What is read beside a workload, to see how far it has come. All of it may be of others, too. */
export interface Surroundings {
  readonly pods: readonly Pod[];
  readonly revisions: readonly Revision[];
  /** About the workload itself, oldest first. */
  readonly events: readonly Event[];
}

export interface Obstacle {
  /** The rest of a sentence that begins with the workload: `is paused, so it would not roll out`. */
  readonly cause: string;
  readonly next: string;
}

/** How far a workload's rollout has come. */
export interface Rollout {
  /** `1 of 3 replicas updated, 1 available, 2 old left`. */
  readonly progress: string;
  /** Every Pod that is wanted is of the template and available, and no other is left. */
  readonly isComplete: boolean;
  /** Pods that are wanted; undefined where the workload runs none until its time. */
  readonly wanted: number | undefined;
  /** The Pods of the template that run or are to run: none that is being deleted or was put out by its node. */
  readonly pods: readonly Pod[];
  /** What the workload itself says is wrong. The Pods' problems are not in here. */
  readonly problems: readonly Problem[];
}
