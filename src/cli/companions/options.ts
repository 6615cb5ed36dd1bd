import { findBadFilter } from '../../aws/exclusion-filters.js';
import type { CompanionOptions } from '../../companions/companions.js';
import { fail, ok, type Result } from '../../result.js';
import type { VerbValues } from '../verb.js';

/** What each option must be, and how that is said. */
const FORMS: Readonly<Record<string, { readonly form: RegExp; readonly words: string }>> = {
  'organization-id': { form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, words: 'a UUID in lower case' },
  'project-id': { form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, words: 'a UUID in lower case' },
  'vcs-origin': { form: /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[\w.-]+)+$/i, words: 'a repository like github.com/acme/shop' },
  'account-id': { form: /^\d{12}$/, words: 'the 12 digits of an AWS account' },
  group: { form: /^(?!system:|eks:|aws:|amazon:|iam:)[\w.:@/-]+$/, words: 'a group that is not of Kubernetes or AWS' },
};

/** The options that are remembered from one run to the next. */
const REMEMBERED = [...Object.keys(FORMS), 'format', 'exclusion-filters'];

export interface ReadOptions {
  readonly options: Omit<CompanionOptions, 'manifestRules'>;
  /** What is to be remembered. */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * The options of a run: as given, else as remembered.
 * @param environments names, whose passed tags no filter may match
 * @param gitConfig text of `.git/config`, for the origin of the repository
 */
export function readOptions(
  values: VerbValues,
  remembered: Readonly<Record<string, string>>,
  { environments, gitConfig }: { readonly environments: readonly string[]; readonly gitConfig: string | undefined },
): Result<ReadOptions, string> {
  const given: Record<string, string> = {};
  for (const name of REMEMBERED) {
    const value = values[name] ?? remembered[name];
    if (typeof value !== 'string') continue;
    const wanted = FORMS[name];
    if (wanted !== undefined && !wanted.form.test(value)) {
      return fail(`--${name} is ${JSON.stringify(value)}, expected ${wanted.words}`);
    }
    given[name] = value;
  }
  const filters = given['exclusion-filters']?.split(',').map((one) => one.trim());
  const chosen = filters?.filter((one) => one !== '');
  const bad = findBadFilter(chosen ?? [], environments);
  if (bad !== undefined) return fail(`--exclusion-filters: ${bad}`);
  const known = {
    organization_id: given['organization-id'],
    project_id: given['project-id'],
    vcs_origin: given['vcs-origin'] ?? readOrigin(gitConfig ?? ''),
    account_id: given['account-id'],
  };
  const format = given['format'] === 'terraform' ? 'terraform' : 'json';
  return ok({ options: { format, known, group: given['group'], filters: chosen }, given });
}

/** `github.com/acme/shop` of the remote `origin`; never what may be a secret in its URL. */
function readOrigin(config: string): string | undefined {
  const url = /^\[remote "origin"\][^[]*?^\s*url\s*=\s*(\S+)/m.exec(config)?.[1] ?? '';
  const [, host, path] =
    /^(?:[a-z+]+:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/|)(.*)$/.exec(url.replace(/^[^/:@]+@([^/:]+):/, 'ssh://$1/')) ?? [];
  const origin = `${host}/${path?.replace(/(?:\.git)?\/?$/, '')}`;
  return FORMS['vcs-origin']?.form.test(origin) ? origin : undefined;
}
