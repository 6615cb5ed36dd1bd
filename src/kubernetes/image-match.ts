import { formatRepository, parseReference, type Repository } from '../reference.js';
import type { Container, PodSpec } from './objects.js';

/** Whether the container's image is of that repository, whatever its tag or digest. */
export function isImageOf(container: Container, repository: Repository): boolean {
  const image = parseReference(container.image ?? '');
  return image !== undefined && formatRepository(image.repository) === formatRepository(repository);
}

/** Which containers are to have an image: those that run its repository, and those of these names whatever they run. */
export interface ImageMatch {
  readonly repository: Repository;
  readonly containers: readonly string[];
}

export function isMatch(container: Container, { repository, containers }: ImageMatch): boolean {
  return containers.includes(container.name) || isImageOf(container, repository);
}

/** Init containers and containers of a Pod, in the order in which they start. */
export function allContainers(spec: PodSpec): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** `web (ghcr.io/acme/shop:1.2), proxy (envoy:1)`, for messages. */
export function listContainers(containers: readonly Container[]): string {
  return containers.map((container) => `${container.name} (${container.image ?? 'no image'})`).join(', ');
}

/** What a person compares: the digest, cut to 12 digits; else the tag. */
export function formatVersion(image: string | undefined): string {
  const reference = parseReference(image ?? '');
  if (reference === undefined) return image ?? 'no image';
  if (reference.digest === undefined) return reference.tag ?? 'latest';
  const colon = reference.digest.indexOf(':') + 1;
  return `${reference.digest.slice(0, colon + 12)}..`;
}
