import { formatRepository, isGoogleRegistry, isPublicEcr, parseEcrHost, parseReference } from '../reference.js';
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
        return `ECR makes no repository by itself: create "${path}", for example with build-once ensure-repository.`;
      if (error.what === 'repository' && isPublicEcr(host))
        return `ECR makes no repository by itself: aws ecr-public create-repository --region us-east-1 --repository-name NAME, what comes after the alias in "${path}".`;
      if (error.what === 'repository' && isGoogleRegistry(host))
        return 'Artifact Registry makes no repository by itself: gcloud artifacts repositories create NAME --repository-format=docker --location=LOCATION.';
      return undefined;
    case 'unauthorized':
      if (isGoogleRegistry(host)) return `${GOOGLE} A token of Google ends after an hour: run the job again.`;
      return ecr === undefined && !isPublicEcr(host)
        ? `Give username and password ("login" of the image in the spec), or log in before this step: printenv PASSWORD | docker login ${host} --username NAME --password-stdin.`
        : 'Check that the role or the AWS credentials are of an account that may use this registry.';
    case 'denied':
      if (isGoogleRegistry(host)) {
        const role = error.action === 'push' ? 'roles/artifactregistry.writer' : 'roles/artifactregistry.reader';
        return `The service account, or the identity of the pool, needs ${role} on the repository.`;
      }
      if (isPublicEcr(host))
        return 'The role needs ecr-public:BatchCheckLayerAvailability, ecr-public:PutImage, the ecr-public:*LayerUpload actions and ecr-public:UploadLayerPart on the repository.';
      if (ecr === undefined)
        return `Give the login the right to ${error.action} ${formatRepository(error.repository)}.`;
      if (error.action === 'list') return 'The role needs ecr:ListImages on the repository, to compare versions.';
      return error.action === 'pull'
        ? 'The role needs ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository.'
        : 'The role needs ecr:PutImage and the ecr:*LayerUpload actions, ecr:UploadLayerPart and ecr:BatchCheckLayerAvailability on the repository.';
    case 'unreachable':
      return 'Run the job again when the registry can be reached from it.';
    case 'unavailable':
      return error.status === 429
        ? 'Run the job again in a while; with a login a registry often lets more requests through, and fewer jobs at once send fewer.'
        : 'Run the job again when the registry is well.';
    default:
      return undefined;
  }
}

const GOOGLE =
  'Give the workload identity pool provider ("workload_identity" of the image in the spec), or username and password.';

/**
 * How a registry with immutable tags lets some of them move.
 * @param name `host/path`
 * @param filter tags that must move; `*` stands for any text
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html
 */
export function adviseExclusion(name: string, filter: string): string {
  const repository = parseReference(name)?.repository;
  if (repository === undefined || parseEcrHost(repository.host) === undefined) {
    return `Let the registry move tags of the form ${filter}, and no others (what ECR calls an exclusion filter).`;
  }
  return `Keep the tags immutable but for an exclusion filter: aws ecr put-image-tag-mutability --repository-name ${repository.path} --image-tag-mutability IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters 'filterType=WILDCARD,filter=${filter}'. It replaces the filters that are there; ECR takes up to five.`;
}
