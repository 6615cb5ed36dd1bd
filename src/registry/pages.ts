import { fail, ok, type Result } from '../result.js';
import type { RegistryError } from './error.js';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Its Link header, which names the next page where there is one. */
  readonly link: string | undefined;
}

/**
 * Reads a list page by page.
 * @param first URL of the first page
 * @param read reads the page of a URL
 * @param invalid the error of pages that make no list
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#content-discovery
 */
export async function readPages<T>(
  first: string,
  read: (url: string) => Promise<Result<Page<T>, RegistryError>>,
  invalid: (message: string) => RegistryError,
): Promise<Result<readonly T[], RegistryError>> {
  const items: T[] = [];
  const seen = new Set<string>();
  let url: string | undefined = first;
  while (url !== undefined) {
    if (seen.has(url)) return fail(invalid('its pages go round in a circle'));
    seen.add(url);
    const page: Result<Page<T>, RegistryError> = await read(url);
    if (!page.ok) return page;
    for (const item of page.value.items) items.push(item);
    const next = nextPage(page.value.link, url);
    if (!next.ok) return fail(invalid(next.error));
    url = next.value;
  }
  return ok(items);
}

/** The next page; undefined after the last. It must be of the same server: the login goes along. */
function nextPage(link: string | undefined, current: string): Result<string | undefined, string> {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return ok(undefined);
  const url = URL.canParse(target, current) ? new URL(target, current) : undefined;
  if (url === undefined || url.origin !== new URL(current).origin) return fail('its next page is on another server');
  return ok(url.href);
}
