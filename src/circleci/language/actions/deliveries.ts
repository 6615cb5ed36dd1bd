import type { Invocation, Model, Workflow } from '../model.js';
import { remember } from '../remember.js';
import type { Action } from './action.js';
import { type EnvironmentName, environmentOf, wordsOf } from './environment-of.js';
import { readActions } from './read-actions.js';

/** A job of a workflow, with what it does and where to. */
export interface DeliveryJob {
  readonly invocation: Invocation;
  readonly workflow: Workflow;
  readonly actions: readonly Action[];
  /** Whether a step may end it early as a success. */
  readonly halts: boolean;
  readonly environment: EnvironmentName | undefined;
  /** Whether it changes what an environment runs: a step is known to, or it is named for nothing else. */
  readonly deploys: boolean;
}

/** All jobs of all workflows, with what they do. Read once for a model, whoever asks. */
export const deliveryJobsOf = remember((model: Model): readonly DeliveryJob[] =>
  model.workflows.flatMap((workflow) => readWorkflow(workflow, model)),
);

function readWorkflow(workflow: Workflow, model: Model): readonly DeliveryJob[] {
  return workflow.jobs.map((invocation) => {
    const { actions: all, halts } = readActions(invocation, model);
    const actions = makesItsCluster(invocation) ? all.filter(({ kind }) => IMAGES.has(kind)) : all;
    const environment = environmentOf(invocation, actions);
    const deploys =
      invocation.kind !== 'approval' &&
      (actions.some(({ kind }) => kind === 'deploy') ||
        (environment !== undefined && isNamedForDeploying(invocation.name)));
    return { invocation, workflow, actions, halts, environment, deploys };
  });
}

/** Actions on images, which are not on an environment. */
const IMAGES: ReadonlySet<string> = new Set(['build', 'push', 'pull', 'retag']);

/** Programs that make a cluster inside of the job; what is deployed to that one is tested there. */
const LOCAL_CLUSTER = /\bkind (?:create|load|get|export)\b|\b(?:minikube|k3d|k3s|microk8s|localstack)\b/;

function makesItsCluster({ job }: Invocation): boolean {
  return (
    job?.steps.some(({ name, content }) => LOCAL_CLUSTER.test(`${name} ${String(content['command'] ?? '')}`)) === true
  );
}

const DEPLOY = new Set(['deploy', 'rollout', 'promote', 'ship', 'apply']);
/** Words of jobs that are about a deployment and are none. */
const ABOUT = new Set([
  ...[
    'notify',
    'notification',
    'slack',
    'announce',
    'wait',
    'verify',
    'check',
    'smoke',
    'test',
    'tests',
    'plan',
    'diff',
  ],
  ...['build', 'package', 'prepare', 'lint', 'validate', 'rollback', 'revert', 'undo', 'hold', 'approve', 'approval'],
  ...['request', 'confirm', 'gate', 'teardown', 'destroy', 'cleanup', 'clean', 'remove', 'delete', 'markers', 'marker'],
  ...[
    'record',
    'log',
    'finish',
    'start',
    'status',
    'report',
    'sentry',
    'trigger',
    'docs',
    'storybook',
    'post',
    'after',
    'before',
    'pre',
  ],
]);

function isNamedForDeploying(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => DEPLOY.has(word)) && !words.some((word) => ABOUT.has(word));
}
