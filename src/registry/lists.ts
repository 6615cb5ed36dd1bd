import { isRecord, parseJsonBytes } from '../json.js';
import { isTag, type Repository } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { cleanText, type RegistryError } from './error.js';
import { type Descriptor, MANIFEST_LIMIT, OCI_INDEX, readManifest } from './manifest.js';
import { type Page, readPages } from './pages.js';
import { type Asked, isWithoutReferrers, readRefusal } from './refusal.js';
import type { Answer, Transport } from './transport.js';

/** What a repository lists. */
export interface Lists {
  /** Every tag, in the order of the registry. */
  listTags(): Promise<Result<readonly string[], RegistryError>>;
  /** What the referrers API says refers to a manifest; undefined where the registry has no such API. */
  listReferrers(digest: string): Promise<Result<readonly Descriptor[] | undefined, RegistryError>>;
}

/** What errors about the list of tags name. */
const TAGS = 'tags/list';

/** Largest page of tags to read, in bytes. Some registries give all tags at once, whatever was asked for. */
const TAGS_LIMIT = 32 * 1024 * 1024;

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#content-discovery */
export function createLists(options: {
  readonly repository: Repository;
  /** URL of the repository, without a slash at the end. */
  readonly base: string;
  readonly transport: Transport;
  readonly anonymous: boolean;
}): Lists {
  const { repository, base, transport, anonymous } = options;
  const invalid = (reference: string) => (message: string) =>
    ({ kind: 'invalid', repository, reference, message: cleanText(message) }) as const;
  const refused = (answer: Answer, asked: Pick<Asked, 'reference' | 'action'>) =>
    fail(readRefusal(answer, { ...asked, repository, what: 'manifest', anonymous }));

  const readTagPage = async (url: string): Promise<Result<Page<string>, RegistryError>> => {
    const sent = await transport.send({ method: 'GET', url, reference: TAGS, limit: TAGS_LIMIT });
    if (!sent.ok) return sent;
    if (sent.value.status !== 200) return refused(sent.value, { reference: TAGS, action: 'list' });
    const items = readTags(sent.value.bytes);
    if (items === undefined) return fail(invalid(TAGS)('it is not a list of tags'));
    return ok({ items, link: sent.value.headers['link'] });
  };

  return {
    listTags: async () => {
      const tags = await readPages(`${base}/tags/list?n=1000`, readTagPage, invalid(TAGS));
      return tags.ok ? ok([...new Set(tags.value)]) : tags;
    },

    listReferrers: async (digest) => {
      let isSupported = true;
      const read = async (url: string): Promise<Result<Page<Descriptor>, RegistryError>> => {
        const headers = { accept: OCI_INDEX };
        const sent = await transport.send({ method: 'GET', url, headers, reference: digest, limit: MANIFEST_LIMIT });
        if (!sent.ok) return sent;
        if (isWithoutReferrers(sent.value)) {
          isSupported = false;
          return ok({ items: [], link: undefined });
        }
        if (sent.value.status !== 200) return refused(sent.value, { reference: digest, action: 'pull' });
        const index = readManifest(sent.value.bytes, OCI_INDEX, digest);
        if (!index.ok || index.value.kind !== 'index') {
          return fail(invalid(digest)('the list of what refers to it is not an index'));
        }
        return ok({ items: index.value.manifests, link: sent.value.headers['link'] });
      };
      const found = await readPages(`${base}/referrers/${digest}`, read, invalid(digest));
      return found.ok && !isSupported ? ok(undefined) : found;
    },
  };
}

/** The tags of one page; undefined where it is something else. A repository without tags may say null. */
function readTags(bytes: Uint8Array): readonly string[] | undefined {
  const body = parseJsonBytes(bytes);
  const tags = isRecord(body) ? (body['tags'] ?? []) : undefined;
  if (!Array.isArray(tags)) return undefined;
  return tags.filter((tag): tag is string => typeof tag === 'string' && isTag(tag));
}
