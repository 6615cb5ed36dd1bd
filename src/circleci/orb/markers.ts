import type { Plain } from '../plain.js';

/** A call of a command of the orb: its name, and the parameters that it is given. */
export type Call = readonly [command: string, values: Plain];

/** The steps of a deploy marker, by where they stand among the steps of a deployment. */
export interface MarkerCalls {
  /** Before everything else. */
  readonly plan: readonly Call[];
  /** When it is proven that the image may be deployed. */
  readonly start: readonly Call[];
  /** After everything else. */
  readonly end: readonly Call[];
}

/**
 * The deploy marker of a deployment (deploy guide, "Configure deploy markers"). It is planned first, so that whatever
 * fails after it is marked as failed, and updated in the same job, so that the job can be run again by itself.
 * @param environment name of the environment, and of the plan, which is the only one of that name in a workflow
 */
export function markerCalls(environment: string, component: string): MarkerCalls {
  const update = (status: string, more: Plain = {}): Call => ['update_release', { name: environment, status, ...more }];
  return {
    plan: [['plan_release', { name: environment, environment_name: environment, component_name: component }]],
    start: [update('RUNNING')],
    end: [update('SUCCESS'), update('FAILED', { failure_reason: '$CIRCLE_BUILD_URL', when: 'on_fail' })],
  };
}
