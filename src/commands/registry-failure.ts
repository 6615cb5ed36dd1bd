import { formatRepository, parseEcrHost } from '../reference.js';
import { describeRegistryError, type RegistryError } from '../registry/error.js';
import type { Failure } from './command.js';

/** What a command says about an error of the registry: the cause, and what a person can do about it. */
export function registryFailure(error: RegistryError): Failure {
  const next = adviceFor(error);
  return { code: 1, cause: describeRegistryError(error), ...(next === undefined ? {} : { next }) };
}

function adviceFor(error: RegistryError): string | undefined {
  const { host, path } = error.repository;
  const ecr = parseEcrHost(host);
  switch (error.kind) {
    case 'not-found':
      if (error.what === 'repository' && ecr !== undefined)
        return `ECR makes no repository by itself: create "${path}".`;
      return undefined;
    case 'unauthorized':
      return ecr === undefined
        ? `Log in before this step, e.g. printenv PASSWORD | docker login ${host} --username NAME --password-stdin.`
        : 'Check that the role or the AWS credentials are of an account that may use this registry.';
    case 'denied':
      if (ecr === undefined)
        return `Give the login the right to ${error.action} ${formatRepository(error.repository)}.`;
      return error.action === 'pull'
        ? 'The role needs ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository.'
        : 'The role needs ecr:PutImage and the ecr:*LayerUpload actions, ecr:UploadLayerPart and ecr:BatchCheckLayerAvailability on the repository.';
    case 'unreachable':
      return 'The registry was tried several times. Run the job again when it is well.';
    default:
      return undefined;
  }
}
