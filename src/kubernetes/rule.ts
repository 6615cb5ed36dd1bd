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

/** The same rights with one rule for each resource, in the order in which they come first. */
export function mergeRules(rules: readonly Rule[]): readonly Rule[] {
  const merged = new Map<string, Rule>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resources]);
    const verbs = [...new Set([...(merged.get(key)?.verbs ?? []), ...rule.verbs])];
    merged.set(key, { ...rule, verbs });
  }
  return [...merged.values()];
}

/** Whether a rule gives the right of another, which has one verb of one resource. */
export function covers(rule: Rule, { apiGroups, resources, verbs }: Rule): boolean {
  const has = (all: readonly string[], [one]: readonly string[]) => one !== undefined && all.includes(one);
  return has(rule.apiGroups, apiGroups) && has(rule.resources, resources) && has(rule.verbs, verbs);
}
