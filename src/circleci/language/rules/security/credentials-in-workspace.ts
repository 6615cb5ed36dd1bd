import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf, own } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const credentialsInWorkspace: Rule = {
  name: 'credentials-in-workspace',
  group: 'security',
  weight: 'warning',
  summary: 'Credentials in a workspace, a cache or the artifacts.',
  why: 'Workspaces and caches are kept for 15 days and artifacts for 30, for every later job and, of caches, for other branches.',
  source: 'https://circleci.com/docs/guides/orchestrate/workspaces/',
  check: ({ written }, report) => {
    for (const { name, body, bodyPath } of written.steps) {
      const values = mappingOf(body);
      for (const key of own(KEYS, name) ?? []) {
        for (const [index, one] of [values[key]].flat().entries()) {
          if (typeof one !== 'string' || !CREDENTIALS.test(one)) continue;
          const path = Array.isArray(values[key]) ? [...bodyPath, key, index] : [...bodyPath, key];
          report({
            path,
            message: `${quote(one)} holds credentials, which ${quote(name)} keeps`,
            help: 'let each job that needs them log in by itself',
          });
        }
      }
    }
  },
};

const KEYS: Readonly<Record<string, readonly string[]>> = {
  persist_to_workspace: ['paths', 'path'],
  save_cache: ['paths'],
  store_artifacts: ['path'],
};

const CREDENTIALS =
  /(?:^|\/)(?:\.aws|\.docker|\.kube|\.ssh|\.gnupg|\.npmrc|\.netrc|\.pypirc|\.env|\.azure|\.config\/gcloud|id_rsa|id_ed25519)(?:\/|$)/;
