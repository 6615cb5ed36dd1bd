import { UNTAGGED_DAYS } from '../../aws/repository-settings.js';
import { command, type Parameters } from '../command.js';
import { dryRun, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository,
  exclusion_filters: {
    type: 'string',
    description:
      'Filters of the tags that can be moved, separated by commas; "*" stands for any text: the pointers that publish_image moves, and buildcache-* with a cache in the registry. All other tags are immutable. Refused where a filter could match the tag of a commit.',
    default: '',
    example: 'main,buildcache-*',
  },
  environments: {
    type: 'string',
    description:
      'Names of the environments, separated by commas. A filter that could match <environment>.<commit>, the proof that one has run an image, is refused.',
    default: '',
    example: 'staging,production',
  },
  untagged_days: {
    type: 'integer',
    description:
      'Days after which an image without a tag expires: a build that was never published. Nothing that has a tag ever expires. 0: the lifecycle policy is left as it is.',
    default: UNTAGGED_DAYS,
  },
  scan_on_push: {
    type: 'boolean',
    description: 'Whether ECR scans an image when it is pushed.',
    default: true,
  },
  encryption: {
    type: 'enum',
    enum: ['AES256', 'KMS', 'KMS_DSSE'],
    description: 'How the images are encrypted. It cannot be changed later.',
    default: 'AES256',
  },
  kms_key: {
    type: 'string',
    description: 'ARN of the key, with KMS or KMS_DSSE. Empty: the key that AWS manages.',
    default: '',
    example: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  },
  apply: {
    type: 'boolean',
    description: 'Change a repository that is there already and has other settings. Without it they are only shown.',
    default: false,
  },
  role,
  dry_run: dryRun,
} as const satisfies Parameters;

export const ensureRepository = command({
  name: 'ensure_repository',
  summary: 'See to it that the repository is there in ECR, with immutable tags.',
  description:
    'Creates the repository where there is none: immutable tags but for the filters, scan on push, encryption, and a lifecycle policy that expires what has no tag and nothing else. Where it is there already its settings are compared: the difference is shown, and the command fails; with apply it is changed, in the named settings and no others. What cannot be changed, the encryption, is an error. It is for an administrator: no role of a pipeline needs these rights.',
  parameters,
  files: [],
  examples: [
    {
      command: 'build-once ensure-repository --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --dry-run',
      what: 'look and say what is missing',
    },
    {
      command:
        "build-once ensure-repository --repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop --exclusion-filters 'main,buildcache-*' --environments staging,production --apply",
      what: 'let a pointer and a cache move, in a repository that is there already',
    },
  ],
  seeAlso: ['build-once publish-image', 'docs/security.md'],
  run: () => import('./run.js'),
});
