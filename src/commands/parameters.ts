import type { BooleanParameter, EnumParameter, StringParameter } from './command.js';

/** Parameters that several commands share, so that they read the same everywhere. */

export const repository = {
  type: 'string',
  description: 'Repository of the image, with its registry and without a tag.',
  example: '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop',
} as const satisfies StringParameter;

export const commit = {
  type: 'string',
  description: 'Full SHA of the commit that the image is of.',
  default: '$CIRCLE_SHA1',
} as const satisfies StringParameter;

export const role = {
  type: 'string',
  description:
    'ARN of the IAM role to assume with the OIDC token of the job. Empty: the AWS credentials that the job has.',
  default: '',
  example: 'arn:aws:iam::123456789012:role/shop-push',
} as const satisfies StringParameter;

/** The login for a registry that is not ECR by a role: by name and password, or by workload identity federation. */
export const login = {
  username: {
    type: 'string',
    description:
      'User of the registry, or $NAME of an environment variable that holds it. Empty: the role, the AWS credentials or the login of Docker. With it the role is not used for the registry.',
    default: '',
    example: '$DOCKERHUB_USERNAME',
  },
  password: {
    type: 'string',
    description: 'Password or token of that user, as $NAME of the environment variable that holds it.',
    default: '',
    example: '$DOCKERHUB_TOKEN',
    secret: true,
  },
  workload_identity_provider: {
    type: 'string',
    description:
      "Resource name of the workload identity pool provider at which the OIDC token of the job is exchanged for a login to Google's Artifact Registry. Empty: none.",
    default: '',
    example: 'projects/123456789012/locations/global/workloadIdentityPools/circleci/providers/circleci',
  },
  service_account: {
    type: 'string',
    description:
      'Email of the service account to impersonate at Google. Empty: none, the identity of the pool itself has the rights.',
    default: '',
    example: 'shop-push@acme.iam.gserviceaccount.com',
  },
} as const satisfies Readonly<Record<string, StringParameter>>;

export const grace = {
  type: 'string',
  description:
    'How long what can heal may last: a registry that does not answer, a volume that is not attached yet, no node with room, a probe that fails. What cannot heal fails at once.',
  default: '5m',
} as const satisfies StringParameter;

export const directory = {
  type: 'string',
  description: 'Folder for the records that one job leaves for the next: digests by platform, release.json.',
  default: '.build-once',
} as const satisfies StringParameter;

export const image = {
  type: 'string',
  description: 'Image by digest, "repository@sha256:...". Empty: the one in release.json, which verify_image writes.',
  default: '',
} as const satisfies StringParameter;

export const environment = {
  type: 'string',
  description: 'Name of the environment that is deployed to, as in the spec.',
  example: 'staging',
} as const satisfies StringParameter;

/** How what is about to be deployed is compared with what runs. */
export const order = {
  newer_by: {
    type: 'enum',
    description:
      'By what a commit is newer than the one that runs, which alone may be deployed. history: it descends from it, as git knows in a checkout of the repository. build-time: its image was built later.',
    enum: ['history', 'build-time'],
    default: 'history',
  },
  rollback_to: {
    type: 'string',
    description:
      'Full SHA of a commit that may be deployed though a newer one runs. Any other commit is compared as always. Default: what $ROLLBACK_TO holds, where a context sets it.',
    default: '$ROLLBACK_TO',
    optional: true,
  },
} as const satisfies Readonly<Record<string, EnumParameter | StringParameter>>;

/** What is applied, and which containers get the image. */
export const applied = {
  manifests: {
    type: 'string',
    description:
      'Folder or file of Kubernetes manifests, or folder of a kustomization, that is applied with the image in place of the one in its containers. Empty: nothing is applied, and the image is replaced in the workloads that are there.',
    default: '',
    example: 'k8s/production',
  },
  containers: {
    type: 'string',
    description:
      'Names of containers that get the image whatever theirs is, separated by commas, beside those with an image of the repository.',
    default: '',
    example: 'web,worker',
  },
} as const satisfies Readonly<Record<string, StringParameter>>;

export const dryRun = {
  type: 'boolean',
  description: 'Look and say what would change, and change nothing.',
  default: false,
} as const satisfies BooleanParameter;

/** How a command reaches a Kubernetes cluster. */
export const cluster = {
  namespace: {
    type: 'string',
    description: 'Namespace of the workloads.',
    example: 'shop',
  },
  eks: {
    type: 'string',
    description: 'Name of the EKS cluster, reached with the role. Empty: by kubeconfig.',
    default: '',
  },
  region: {
    type: 'string',
    description: 'AWS region of the EKS cluster.',
    default: '',
    example: 'us-east-1',
  },
  kubeconfig: {
    type: 'string',
    description:
      'Kubeconfig: a path, or $NAME of an environment variable that holds a path or the file itself, plain or in base64. Empty: $KUBECONFIG, the service account of the Pod, or ~/.kube/config.',
    default: '',
  },
} as const satisfies Readonly<Record<string, StringParameter>>;
