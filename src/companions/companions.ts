import type { Delivery } from '../delivery/delivery.js';
import type { Rule } from '../kubernetes/rule.js';
import { grantsOf } from './access.js';
import { accountsOf } from './accounts.js';
import { jsonFiles } from './json-files.js';
import { makeManifests, manifestFile } from './manifests.js';
import { makeReadme } from './readme.js';
import { repositoriesOf } from './repositories.js';
import { terraformFile } from './terraform.js';
import { fillIn, type Known, namesIn, placeholderOf, type UnknownName } from './unknown.js';

/** A file beside the config, for an administrator. */
export interface CompanionFile {
  /** From the folder of the companions. */
  readonly path: string;
  readonly text: string;
}

export interface CompanionOptions {
  readonly format: 'json' | 'terraform';
  readonly known: Known;
  /** The Kubernetes group of all jobs, in place of one for each environment. */
  readonly group: string | undefined;
  /** Filters of the tags that can be moved; undefined: those that the spec makes move. */
  readonly filters: readonly string[] | undefined;
  /** What it takes to apply the manifests of environments, by their job. */
  readonly manifestRules: ReadonlyMap<string, readonly Rule[]>;
}

export interface Companions {
  readonly files: readonly CompanionFile[];
  /** What is not known: a placeholder in JSON, and what Terraform asks for. */
  readonly missing: readonly UnknownName[];
  /** What a person should know about the files. */
  readonly notes: readonly string[];
}

/** What has to be set up in AWS and in clusters before a delivery can run, and no more than it needs. */
export function makeCompanions(delivery: Delivery, options: CompanionOptions): Companions {
  const { format, known, group, filters } = options;
  const notes: string[] = [];
  const repositories = repositoriesOf(delivery, filters, (text) => notes.push(text));
  const accounts = accountsOf(grantsOf(delivery, group), repositories);
  const environments = [delivery, ...delivery.services].flatMap((part) => part.environments);
  for (const { name, destination } of environments) {
    if (destination?.by === 'replication') {
      notes.push(
        `ECR's replication to ${destination.repository}, for ${name}, is a setting of the registry and not among the files`,
      );
    }
  }
  const json = accounts.flatMap(jsonFiles);
  // Terraform asks for the same that would be missing in JSON.
  const missing = namesIn(json.map(({ path, text }) => path + text).join('')).filter(
    (name) => known[name] === undefined,
  );
  const drafts: readonly CompanionFile[] = [
    { path: 'README.md', text: makeReadme({ accounts, environments, format, group, missing }) },
    ...(format === 'json' ? json : accounts.map((account) => terraformFile(account, known))),
    ...environments.map((environment) => ({
      path: manifestFile(environment),
      text: makeManifests(environment, group, options.manifestRules.get(environment.job)),
    })),
  ];
  const write = (text: string): string => fillIn(text, (name) => known[name] ?? placeholderOf(name));
  const files = drafts.map(({ path, text }) => ({ path: write(path), text: write(text) }));
  return { files, missing, notes };
}
