import type { Plain } from '../plain.js';
import { PLAN_SCRIPT, UPDATE_SCRIPT } from './release-scripts.js';

/** Statuses of a deploy marker, as `circleci run release update --status` takes them. */
const STATUSES = ['RUNNING', 'SUCCESS', 'FAILED', 'CANCELED'];

/**
 * The orb's commands for deploy markers (deploy guide, "Configure deploy markers"). They call the `circleci` program of
 * the job and need no `build-once`, so they may stand before `install` and after a failure.
 */
export const releaseCommands: Readonly<Record<string, Plain>> = {
  plan_release: {
    description:
      "Plan a deploy marker, which CircleCI's deploys page shows. Never fails a job: without the circleci program, or when it fails, the step says so and the job goes on.",
    parameters: {
      name: {
        type: 'string',
        description: 'Name of the plan, which no other plan of the workflow has. For example staging.',
      },
      target_version: {
        type: 'string',
        description: 'Version that is deployed, or $NAME of a variable that holds it.',
        default: '$CIRCLE_SHA1',
      },
      environment_name: {
        type: 'string',
        description: "Environment, or $NAME. Empty: the organization's only one. For example staging.",
        default: '',
      },
      component_name: {
        type: 'string',
        description: "Component, or $NAME. Empty: the project's only one. For example shop.",
        default: '',
      },
    },
    steps: [
      {
        run: {
          name: 'Plan release',
          command: PLAN_SCRIPT,
          environment: {
            BUILD_ONCE_NAME: '<< parameters.name >>',
            BUILD_ONCE_TARGET_VERSION: '<< parameters.target_version >>',
            BUILD_ONCE_ENVIRONMENT_NAME: '<< parameters.environment_name >>',
            BUILD_ONCE_COMPONENT_NAME: '<< parameters.component_name >>',
          },
        },
      },
    ],
  },
  update_release: {
    description:
      'Update the deploy marker that plan_release has planned in the same job. Never fails a job, and never hides that it has failed.',
    parameters: {
      name: { type: 'string', description: 'Name of the plan. For example staging.' },
      status: { type: 'enum', enum: STATUSES, description: 'What has become of the deployment.' },
      failure_reason: {
        type: 'string',
        description: 'Why it failed, or $NAME of a variable that holds it. Empty: none is given.',
        default: '',
      },
      when: {
        type: 'enum',
        enum: ['always', 'on_success', 'on_fail'],
        description: 'When the step runs: on_fail for the status FAILED.',
        default: 'on_success',
      },
    },
    steps: [
      {
        run: {
          name: 'Update release: << parameters.status >>',
          command: UPDATE_SCRIPT,
          environment: {
            BUILD_ONCE_NAME: '<< parameters.name >>',
            BUILD_ONCE_STATUS: '<< parameters.status >>',
            BUILD_ONCE_FAILURE_REASON: '<< parameters.failure_reason >>',
          },
          when: '<< parameters.when >>',
        },
      },
    ],
  },
};
