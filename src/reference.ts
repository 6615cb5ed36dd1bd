/**
 * Names of images by the grammar of the OCI distribution spec 1.1 ("Pulling manifests") and of the reference
 * implementation that registries share: `[host[:port]/]path[:tag][@digest]`.
 */

/** A repository: the registry that holds it and its path there. */
export interface Repository {
  /** Host, with a port where one was given: `ghcr.io`, `127.0.0.1:5000`. */
  readonly host: string;
  /** Path in the registry, lower case: `acme/shop`. */
  readonly path: string;
}

/** An image reference: a repository with a tag, a digest, both or neither. */
export interface Reference {
  readonly repository: Repository;
  readonly tag?: string;
  readonly digest?: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/;

/** Whether `text` may be a tag: at most 128 of `[A-Za-z0-9._-]`, not starting with `.` or `-`. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Whether `text` is a sha256 or sha512 digest in full: `sha256:` and 64 hexadecimal digits in lower case. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** Whether `text` has the form `os/architecture[/variant]`. */
export function isPlatform(text: string): boolean {
  return PLATFORM.test(text);
}

/**
 * Reads `[host/]path[:tag][@digest]`. The first part is a host when it has a dot or a colon or is `localhost`, else the
 * image is on Docker Hub (and a single name is one of its official images), as Docker reads it. `index.docker.io` is
 * another name of Docker Hub.
 * @returns the reference, or undefined when `text` is none
 */
export function parseReference(text: string): Reference | undefined {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  let name = at < 0 ? text : text.slice(0, at);
  let tag: string | undefined;
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) {
    tag = name.slice(colon + 1);
    name = name.slice(0, colon);
    if (!isTag(tag)) return undefined;
  }
  const repository = splitRepository(name);
  if (repository === undefined) return undefined;
  return { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

function splitRepository(name: string): Repository | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = first !== '' && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost && first !== 'index.docker.io' ? first : 'docker.io';
  const rest = hasHost ? name.slice(slash + 1) : name;
  const path = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  if (!HOST.test(host) || !PATH.test(path) || path.length > 255) return undefined;
  return { host, path };
}

/** `host/path`, the form that a user writes and a Pod pulls. */
export function formatRepository(repository: Repository): string {
  return `${repository.host}/${repository.path}`;
}

/** `host/path@digest`. */
export function formatDigestReference(repository: Repository, digest: string): string {
  return `${formatRepository(repository)}@${digest}`;
}

/** Account and region of a private ECR registry host, in any AWS partition; undefined for other hosts. */
export function parseEcrHost(host: string): { readonly account: string; readonly region: string } | undefined {
  const match =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))$/.exec(
      host,
    );
  return match?.[1] !== undefined && match[2] !== undefined ? { account: match[1], region: match[2] } : undefined;
}

/** Whether a host is ECR's public gallery, which is of no account and of one region. */
export function isPublicEcr(host: string): boolean {
  return host === 'public.ecr.aws' || host === 'ecr-public.aws.com';
}

/** Whether a host is one of Google's Artifact Registry, gcr.io included: a token of Google Cloud may be sent to it. */
export function isGoogleRegistry(host: string): boolean {
  return /^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)$/.test(host);
}

/** The tag that says "this environment ran this digest": `<environment>.<commit>`. */
export function passedTag(environment: string, commit: string): string {
  return `${environment}.${commit}`;
}

/** The tag of the record of it, by whom and when: a tag itself has no time. */
export function passedRecordTag(environment: string, commit: string): string {
  return `${passedTag(environment, commit)}.record`;
}
