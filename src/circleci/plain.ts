/** Plain data of a config: what YAML can hold. */
export type Plain = Readonly<Record<string, unknown>>;
