import type { Place } from '../place.js';

/** Something that a job does to images or to an environment, as far as that can be read from its steps. */
export type Action = (Build | Push | Pull | Retag | Deploy | Wait | Migrate | Undo | Mark) & Circumstances;

/** What is the same for every action. */
export interface Circumstances {
  /** What does it, for people: `kubectl set image`, `aws-ecr/build_and_push_image`. */
  readonly what: string;
  /** The command's text, the step, or the invocation of a job of an orb that is not at hand. */
  readonly place: Place;
  /** The part of the text at the place that it is; undefined where it is all of it. */
  readonly part: string | undefined;
  /** Index of the step in the job; steps before it have a lower one. */
  readonly step: number;
  /** Whether it may not run: behind a test in its script, or in a `when` step whose condition is not known. */
  readonly guarded: boolean;
  /** Whether its script goes on as if nothing had happened when it fails. */
  readonly ignored: boolean;
}

/** What an image is made from. Two recipes that are the same make the same image of the same commit. */
export interface Recipe {
  /** The folder that the build is started in; empty for that of the checkout. */
  readonly directory: string;
  readonly file: string;
  readonly context: string;
  readonly target: string;
  readonly platform: string;
  /** Build arguments, sorted, as one text. */
  readonly args: string;
}

export interface Build {
  readonly kind: 'build';
  readonly recipe: Recipe;
  /** References that it is given, `repo/app:$CIRCLE_SHA1`. Empty where they stand in the recipe's file. */
  readonly references: readonly string[];
  readonly pushes: boolean;
}

export interface Push {
  readonly kind: 'push';
  /** Empty where it stands in a file. */
  readonly reference: string;
}

export interface Pull {
  readonly kind: 'pull';
  readonly reference: string;
}

/** Gives an image one more reference. */
export interface Retag {
  readonly kind: 'retag';
  readonly from: string;
  readonly to: string;
}

/** Where something is deployed to; whatever is not said is empty. */
export interface Target {
  /** The name that its author gives to the environment, if any. */
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
  /** Workload, service, release or application. */
  readonly name: string;
}

export interface Deploy {
  readonly kind: 'deploy';
  readonly target: Target;
  /** References that it puts there. Empty where they stand in a file. */
  readonly references: readonly string[];
  /**
   * Whether it succeeds only when the environment runs what it was given. Undefined where that is not said by how it is
   * called, or where there may be nothing to wait for.
   */
  readonly awaited: boolean | undefined;
  /** Whether it makes an environment fetch again what its tag points at. */
  readonly refetches?: boolean;
}

/** Waits until a deployment has settled. */
export interface Wait {
  readonly kind: 'wait';
}

/** Changes a database. */
export interface Migrate {
  readonly kind: 'migrate';
  readonly target: Target;
  /** Whether its end is waited for: undefined where that is not said. */
  readonly awaited: boolean | undefined;
}

/** Puts an environment back to what it ran before. */
export interface Undo {
  readonly kind: 'undo';
  /** Whether it is done because something has failed, and the step succeeds all the same. */
  readonly green: boolean;
}

/** Tells CircleCI of a deployment, and with that the name of its environment. */
export interface Mark {
  readonly kind: 'mark';
  readonly environment: string;
}

export const NOWHERE: Target = { environment: '', cluster: '', namespace: '', name: '' };
