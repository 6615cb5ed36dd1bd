/**
 * The URL that the API of a registry is under, without a slash at the end. Plain HTTP is for this machine only; Docker
 * Hub's API lives under another name than its images.
 */
export function apiUrl(host: string): string {
  if (host === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLoopback(new URL(`https://${host}`).hostname) ? 'http' : 'https'}://${host}`;
}

/** Whether a host name is this very machine: 127.0.0.0/8, ::1 or localhost. IPv6 with or without brackets. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '::1' ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

/** Whether a secret may be sent to a URL: HTTPS, or plain HTTP that does not leave this machine. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
