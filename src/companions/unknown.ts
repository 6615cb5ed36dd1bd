/** What a spec does not say and an administrator knows. */
export interface Known {
  /** Of the organization in CircleCI, a UUID. */
  readonly organization_id: string | undefined;
  /** Of the project in CircleCI, a UUID. */
  readonly project_id: string | undefined;
  /** Of the repository, as CircleCI's tokens name it: `github.com/acme/shop`. */
  readonly vcs_origin: string | undefined;
  /** The AWS account of clusters that are reached without a role. */
  readonly account_id: string | undefined;
}

export type UnknownName = keyof Known;

/** What each is, and where it is found. */
export const UNKNOWN: Readonly<Record<UnknownName, string>> = {
  organization_id: 'ID of the organization in CircleCI: Organization Settings, Overview',
  project_id: 'ID of the project in CircleCI: Project Settings, Overview',
  vcs_origin: 'repository, as CircleCI names it in tokens: github.com/acme/shop',
  account_id: 'AWS account of the clusters that are reached without a role',
};

/**
 * Stands for a value in texts, until it is known how it is to be written. It is between two NUL characters, which no
 * text from outside can hold: neither YAML nor an argument of a program has them.
 */
export function standIn(name: UnknownName): string {
  return `\0${name}\0`;
}

/** As it stands in a text, and in the JSON of one. */
const REFERENCE = /(?:\0|\\u0000)(\w+?)(?:\0|\\u0000)/g;

/** A text with each of its values written by `write`. */
export function fillIn(text: string, write: (name: UnknownName) => string): string {
  return text.replaceAll(REFERENCE, (_, name: UnknownName) => write(name));
}

/** The values that a text is made of, each once. */
export function namesIn(text: string): readonly UnknownName[] {
  return [...new Set([...text.matchAll(REFERENCE)].map(([, name]) => name as UnknownName))];
}

/** What stands in a file for a value that is not known. */
export function placeholderOf(name: UnknownName): string {
  return name.toUpperCase();
}
