/** Why a test against a cluster is skipped: the environment variables that it wants and that are not set; else false. */
export function skipWithout(...names: readonly string[]): string | false {
  const missing = names.filter((name) => (process.env[name] ?? '') === '');
  return missing.length === 0 ? false : `set ${missing.join(', ')} to run this against a cluster`;
}
