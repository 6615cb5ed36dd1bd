import { WORKLOAD_KINDS } from '../workload.js';
import { environmentImage } from './registry-schema.js';
import { jobList, role, stringList, workloadIdentity } from './schema-parts.js';

/** The parts of the JSON Schema about environments. */

const workload = {
  type: 'string',
  pattern: `^(${WORKLOAD_KINDS.join('|')})/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`,
  examples: ['deployment/web'],
};

const kubernetes = {
  description: 'The cluster and the workloads that run the image. One of eks and kubeconfig says how it is reached.',
  examples: [{ eks: 'staging', region: 'us-east-1', namespace: 'shop', workloads: ['deployment/web'] }],
  type: 'object',
  additionalProperties: false,
  properties: {
    eks: {
      description: 'Name of the EKS cluster, reached with the role of the environment. Needs region.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$',
      examples: ['staging'],
    },
    region: {
      description: 'AWS region of the EKS cluster.',
      type: 'string',
      pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$',
      examples: ['us-east-1'],
    },
    kubeconfig: {
      description:
        'Name of an environment variable, set in a context, that holds a kubeconfig: the file itself, plain or in base64, or its path.',
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      examples: ['STAGING_KUBECONFIG'],
    },
    namespace: {
      description: 'Namespace of the workloads. Needed, here or in defaults.',
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      examples: ['shop'],
    },
    workloads: {
      description:
        'Workloads that are set to the digest and waited for, as KIND/NAME: deployment, statefulset, daemonset, cronjob, or rollout of Argo Rollouts. Needed, here or in defaults.',
      examples: [['deployment/web', 'deployment/worker']],
      type: 'array',
      items: workload,
      minItems: 1,
      uniqueItems: true,
    },
    manifests: {
      description:
        'Folder or file of Kubernetes manifests, or folder of a kustomization, from the top of the repository. All of it is applied, with the digest in place of the image in it. Default: none, and the digest is set in the workloads that are there.',
      type: 'string',
      minLength: 1,
      examples: ['k8s/production'],
    },
    containers: {
      description:
        'Names of containers that get the digest whatever their image is, beside those with an image of the repository.',
      examples: [['web', 'worker']],
      type: 'array',
      items: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$', examples: ['web'] },
      minItems: 1,
      uniqueItems: true,
    },
  },
};

const migration = {
  description: 'A database migration, run as a Kubernetes Job with the digest that is about to be deployed.',
  examples: [{ command: ['node', 'migrate.js'] }],
  type: 'object',
  additionalProperties: false,
  required: ['command'],
  properties: {
    command: {
      description: 'Command and its arguments. No shell reads it.',
      examples: [['node', 'migrate.js']],
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
    },
    workload: {
      ...workload,
      description:
        "Workload whose Pod the migration's is like: environment, secrets, volumes. Default: the first; with manifest, the only object there that has a Pod template.",
    },
    manifest: {
      description:
        'File or folder of manifests, or folder of a kustomization, in the repository that this Pod is taken from. Default: it is taken from the workload in the cluster, which must be there before the first deployment.',
      examples: ['k8s/web.yaml'],
      type: 'string',
      minLength: 1,
    },
    timeout: {
      description:
        'How long the migration may take, and how long it waits before that for another one of the environment to end.',
      default: '30m',
      examples: ['2h', '90s'],
      type: 'string',
      pattern: '^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$',
      minLength: 2,
    },
    failed_before: {
      description:
        'What a job does when the migration of its commit has failed before. rerun: it runs it anew. stop: it shows how it failed, and runs it anew only when somebody has deleted its Job.',
      default: 'rerun',
      examples: ['stop'],
      enum: ['rerun', 'stop'],
    },
    on_cancel: {
      description:
        'What becomes of the migration when its job is cancelled. leave: it goes on in the cluster, and the next run takes it up. delete: it is ended.',
      default: 'leave',
      examples: ['delete'],
      enum: ['leave', 'delete'],
    },
  },
};

const rollback = {
  description:
    'What the deploy job does when the workloads do not come up with the digest. automatic: it returns all of them to what they ran before, waits for it, and fails with exit code 75. none: it leaves them as they are. What manifests change beside the images stays, and a migration is not undone.',
  examples: ['automatic'],
  enum: ['none', 'automatic'],
};

/** Jobs of the base around a deployment. */
const hooks = (description: string, example: string) =>
  jobList(
    `${description} Each is a name, or a mapping with the job and its contexts: it gets none of the environment's.`,
    example,
    [[example], [{ job: example, context: `shop-${example}` }]],
  );

/** An environment by its name. */
export const environment = {
  description: 'An environment. Exactly one of branch, tag and after says what starts it.',
  examples: [{ after: 'staging', approval: 'request_prod', context: 'shop-production' }],
  type: 'object',
  additionalProperties: false,
  properties: {
    branch: {
      description: 'Deployed by itself after a push or a merge to this branch.',
      type: 'string',
      minLength: 1,
      examples: ['main'],
    },
    tag: {
      description: 'Deployed when a git tag of this pattern is pushed; "*" stands for any text.',
      type: 'string',
      minLength: 1,
      examples: ['v*'],
    },
    after: {
      description: 'Deployed after this environment, with the very digest that it has run.',
      type: 'string',
      examples: ['staging'],
    },
    approval: {
      description:
        'Name of the approval job before it, or false for none. Default: request_NAME with after, none with branch and tag.',
      type: ['string', 'boolean'],
      pattern: '^[a-z][a-z0-9_-]*$',
      examples: ['request_prod', false],
    },
    approvers: {
      description:
        'A note on who may approve, for people who read the config or "gen-config explain". What restricts it is the context.',
      type: 'string',
      minLength: 1,
      examples: ['the release managers'],
    },
    newer_by: {
      description:
        'By what a commit is newer than the one that runs here, which alone is deployed. history: it descends from it. build-time: its image was built later, for branches that part for good reason, as with hotfixes.',
      default: 'history',
      examples: ['build-time'],
      enum: ['history', 'build-time'],
    },
    rollback: {
      ...rollback,
      default: 'none',
    },
    before_deploy: hooks(
      'Jobs of .circleci/base.yml that must pass before the deploy job starts, after the approval. In the workflow they are called JOB-before-NAME.',
      'backup',
    ),
    after_deploy: hooks(
      'Jobs of .circleci/base.yml that run after the deploy job. What comes after this environment, its approval too, waits for them. In the workflow they are called JOB-NAME.',
      'smoke',
    ),
    context: stringList('Context, or list of contexts, of the deploy job. Restrict it to who may deploy.', [
      'shop-production',
    ]),
    role: role('the deploy job assumes', 'Default: the role of the image.'),
    workload_identity: workloadIdentity('of the deploy job', 'Default: the one of the image.'),
    image: environmentImage,
    kubernetes,
    migration: {
      ...migration,
      description: `${migration.description} False: none, though defaults has one.`,
      examples: [...migration.examples, false],
      type: ['object', 'boolean'],
    },
  },
};

/** What environments share. */
export const defaults = {
  description:
    'What all environments share. The own keys of an environment win; kubernetes is merged key by key, and an environment that names eks or kubeconfig takes the other from nowhere.',
  examples: [{ role: 'arn:aws:iam::123456789012:role/shop-deploy', kubernetes: { region: 'us-east-1' } }],
  type: 'object',
  additionalProperties: false,
  properties: {
    context: environment.properties.context,
    role: environment.properties.role,
    workload_identity: environment.properties.workload_identity,
    kubernetes: { ...kubernetes, description: 'Keys of kubernetes that all environments share.' },
    migration,
    rollback,
  },
};
