import { directory, type Verb } from '../verb.js';

/** `gen-config status`. */
export const status: Verb = {
  name: 'status',
  summary: 'Show what runs where, since when and by which job, and how far environments are apart.',
  description: `Asks the cluster of each environment in the spec. Of each workload it shows the commit and the digest, when it was deployed and by which job, as its record says, and how far its rollout is; and of each environment how far it is behind the one that it comes after, as git in this checkout counts the commits. Changes nothing.

It asks as you: a context of your kubeconfig that "aws eks update-kubeconfig" has written for the EKS cluster of an environment is found by itself; without one the cluster is looked up with your AWS credentials. Where the spec names a variable with a kubeconfig, set it or give --context. In a job of CircleCI it asks as the deploy job of the environment does, and needs its context.

One environment that cannot be read does not hide the others.`,
  options: {
    directory,
    environment: {
      type: 'string',
      value: 'NAME',
      several: true,
      description: 'Show this environment only. May be given several times.',
    },
    service: {
      type: 'string',
      value: 'NAME',
      several: true,
      description: 'Show this service only. May be given several times.',
    },
    context: {
      type: 'string',
      value: 'ENVIRONMENT=NAME',
      several: true,
      description:
        'The context of your kubeconfig, in $KUBECONFIG or ~/.kube/config, by which to reach an environment. May be given several times.',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['human', 'json'],
      description: 'human: tables. json: one line, for programs. Default: human.',
    },
  },
  files: ['.circleci/build-once.yml', '.circleci/base.yml'],
  exits: {
    0: 'Everything was read.',
    1: 'An environment, or a workload of it, could not be read. What could is shown.',
    2: 'Wrong usage, or a problem in the spec.',
  },
  examples: [
    { command: 'gen-config status', what: 'see every environment of every service' },
    {
      command: 'gen-config status --context staging=kind-staging --context production=admin@production',
      what: 'by contexts of your kubeconfig',
    },
    { command: 'gen-config status --environment production --format json', what: 'for a program, production alone' },
  ],
  seeAlso: ['build-once status', 'build-once rollback', 'docs/kubernetes.md'],
  run: async () => {
    const { status } = await import('../status.js');
    return status;
  },
};
