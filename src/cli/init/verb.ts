import { directory, type Verb } from '../verb.js';

/** `gen-config init`, declared. */
export const init: Verb = {
  name: 'init',
  summary: 'Look at this repository and write .circleci/build-once.yml for it.',
  description: `Takes what it finds: Dockerfiles, git's remote and default branch, Kubernetes manifests, kustomize overlays, Helm charts, ECS task definitions, migration tools, and an existing CircleCI config. Says what it found and where, what is a guess, and what is to be filled in: FILL IN stands there, which gen-config refuses until it is done. Runs nothing and asks no server.

Nothing that is there is overwritten. An existing .circleci/config.yml stays; its jobs are written to .circleci/base.yml, and those that test on every branch are named under "test".

Questions are asked only when standard input and standard error are terminals, and each has an option. VALUES is one value for every environment, or one for each: staging=blue,production=green.

Several Dockerfiles in folders of services become "services": what they share stands once at the top, and each has its image, its paths, its workloads, its migration and its tests.`,
  options: {
    directory,
    'dry-run': { type: 'boolean', description: 'Print the spec to standard output and write nothing.' },
    yes: { type: 'boolean', short: 'y', description: 'Ask nothing.' },
    services: {
      type: 'string',
      value: 'NAMES',
      description:
        'Services to write, of those that are found, with commas between. One of them becomes the only image.',
    },
    repository: {
      type: 'string',
      value: 'VALUES',
      description:
        'Repository of the image, HOST/PATH without a tag. Of several services each has its own: api=HOST/PATH.',
    },
    branch: { type: 'string', value: 'NAME', description: 'Branch that the first environment follows.' },
    environments: {
      type: 'string',
      value: 'NAMES',
      description: 'Environments in the order of a delivery, with commas between.',
    },
    role: {
      type: 'string',
      value: 'VALUES',
      description: 'ARN of the IAM role. One without an environment is the one of the image, which they use too.',
    },
    eks: { type: 'string', value: 'VALUES', description: 'Name of the EKS cluster.' },
    region: { type: 'string', value: 'VALUES', description: 'AWS region of the EKS cluster.' },
    kubeconfig: {
      type: 'string',
      value: 'VALUES',
      description: 'Environment variable that holds a kubeconfig, for a cluster that is not EKS.',
    },
    namespace: { type: 'string', value: 'VALUES', description: 'Kubernetes namespace.' },
  },
  files: ['.circleci/build-once.yml', '.circleci/base.yml', '.circleci/config.yml'],
  exits: { 2: 'Wrong usage, a spec that is there already, or nothing to write one of. Nothing was written.' },
  examples: [
    { command: 'gen-config init', what: 'write a spec; on a terminal, answer what it cannot know' },
    { command: 'gen-config init --dry-run', what: 'see what it would write' },
    {
      command: 'gen-config init --yes --eks staging=blue,production=green --region us-east-1',
      what: 'answer beforehand, in a script',
    },
    {
      command: 'gen-config init --services api,web --repository api=ghcr.io/acme/api,web=ghcr.io/acme/web',
      what: 'in a monorepo, say which images and where they go',
    },
  ],
  seeAlso: ['gen-config generate', 'docs/init.md', 'docs/adopting.md', 'docs/getting-started.md'],
  run: async () => {
    const { runInit } = await import('../init.js');
    return runInit;
  },
};
