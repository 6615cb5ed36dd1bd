import { parameters } from './parameters.js';
import {
  any,
  deprecated,
  either,
  flag,
  list,
  oneOrMore,
  required,
  type Shape,
  table,
  text,
  textLike,
} from './shape.js';
import { environment } from './steps.js';

const credentials = table('"auth"', { username: required(text), password: required(text) });

const awsCredentials = table(
  '"aws_auth"',
  { aws_access_key_id: text, aws_secret_access_key: text, oidc_role_arn: text },
  'refused',
  [['oidc_role_arn', 'aws_access_key_id']],
);

const gcpCredentials = table('"gcp_auth"', {
  oidc_service_account: required(text),
  workload_identity_pool: required(text),
  workload_identity_provider: required(text),
});

const dockerImage = table('a Docker image', {
  image: required(text),
  name: text,
  entrypoint: either('a command or a list of its words', { text, list: list(text), nothing: any }),
  command: either('a command or a list of its words', { text, list: list(text), nothing: any }),
  user: text,
  environment,
  auth: credentials,
  aws_auth: awsCredentials,
  gcp_auth: gcpCredentials,
});

const signing = either('a list of signing bundles', { list: list(text) });

const machine = table('a machine', {
  image: text,
  docker_layer_caching: flag,
  resource_class: text,
  shell: text,
  code_signing: signing,
  enabled: deprecated(flag, 'name an "image"'),
});

const macos = table('a macos machine', {
  xcode: required(text),
  resource_class: text,
  shell: text,
  code_signing: signing,
});

/** A class of CircleCI's, or that of a self-hosted runner: `NAMESPACE/NAME`. */
const resourceClass = textLike(/^[^/\s]+(?:\/[^/\s]+)?$/, 'a resource class: NAME, or NAMESPACE/NAME of a runner');

/** Where steps run: what jobs and executors have in common (configuration reference, "executors"). */
export const environmentKeys = {
  docker: either('a list of Docker images', { list: list(dockerImage, 1) }),
  machine: either('a mapping with an "image", or for a self-hosted runner true', { mapping: machine, flag: any, text }),
  macos,
  windows: any,
  shell: oneOrMore('a command'),
  working_directory: text,
  environment,
  resource_class: resourceClass,
};

/** An executor of the config, or the name of another one: `ORB/NAME`. */
export const executor: Shape = either('an executor', {
  text: textLike(/^[^/\s]+(?:\/[^/\s]+)?$/, 'the name of an executor'),
  mapping: table('an executor', { ...environmentKeys, description: text, parameters: parameters('executor') }),
});
