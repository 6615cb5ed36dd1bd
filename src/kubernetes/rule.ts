/** One rule of a Role (rbac.authorization.k8s.io/v1, `PolicyRule`). */
export interface Rule {
  /** `""` is the core group. */
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A rule as one line of YAML, as it can be pasted below `rules:` of a Role. */
export function formatRule(rule: Rule): string {
  const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  return `{apiGroups: ${list(rule.apiGroups)}, resources: ${list(rule.resources)}, verbs: ${list(rule.verbs)}}`;
}
