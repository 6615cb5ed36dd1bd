import { parseReference } from '../../reference.js';

/** Official images of Docker Hub that a service is built on or stands beside, and that exist for amd64 and arm64. */
const OFFICIAL = new Set(
  (
    'adoptopenjdk alpine almalinux amazoncorretto amazonlinux buildpack-deps bun busybox caddy composer debian elixir ' +
    'eclipse-temurin erlang fedora flyway golang gradle haproxy haskell httpd julia mariadb maven memcached mongo mysql ' +
    'nats nginx node openjdk perl php postgres python rabbitmq redis registry rockylinux ruby rust sapmachine swift ' +
    'tomcat traefik ubuntu valkey'
  ).split(' '),
);

/** Repositories elsewhere whose images exist for amd64 and arm64. */
const ELSEWHERE = [
  /^gcr\.io\/distroless\//,
  /^mcr\.microsoft\.com\/dotnet\//,
  /^public\.ecr\.aws\/(docker\/library|amazonlinux|amazoncorretto|lambda)\//,
  /^cgr\.dev\/chainguard\//,
  /^docker\.io\/(flyway\/flyway|oven\/bun|denoland\/deno|bitnami\/[a-z0-9-]+)$/,
];

/** Whether an image, as a Dockerfile names it, is known to exist for amd64 and arm64. */
export function isMultiPlatform(image: string): boolean {
  if (image === 'scratch') return true;
  const repository = parseReference(image)?.repository;
  if (repository === undefined) return false;
  if (repository.host === 'docker.io' && repository.path.startsWith('library/')) {
    return OFFICIAL.has(repository.path.slice('library/'.length));
  }
  return ELSEWHERE.some((pattern) => pattern.test(`${repository.host}/${repository.path}`));
}

/** Whether an image in a manifest is a well-known one of others: a database, a proxy, an agent. */
export function isForeignImage(image: string): boolean {
  const repository = parseReference(image)?.repository;
  if (repository === undefined) return false;
  const { host, path } = repository;
  if (host === 'docker.io' && path.startsWith('library/')) return OFFICIAL.has(path.slice('library/'.length));
  return (
    ['registry.k8s.io', 'k8s.gcr.io', 'quay.io', 'public.ecr.aws', 'mcr.microsoft.com', 'gcr.io'].includes(host) ||
    /^(bitnami|grafana|prom|datadog|hashicorp|istio|envoyproxy|otel|fluent|jaegertracing|edoburu|curlimages|mailhog|minio)\//.test(
      path,
    )
  );
}
