import type { Path } from '../../../../yaml/parse.js';

/** Shapes that keys of vendors have, each with what it is. */
const KEYS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b/, 'a GitHub token'],
  [/\bglpat-[\w-]{20,}\b/, 'a GitLab token'],
  [/\bxox[abeoprs]-[A-Za-z0-9-]{10,}/, 'a Slack token'],
  [/https:\/\/hooks\.slack\.com\/services\/T\w+\/B\w+\/\w{16,}/, 'the address of a Slack webhook'],
  [/\bsk_live_[0-9a-zA-Z]{16,}\b|\brk_live_[0-9a-zA-Z]{16,}\b/, 'a Stripe key'],
  [/\bAIza[\w-]{35}\b/, 'a Google API key'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'an npm token'],
  [/\bpypi-AgEIcHlwaS5vcmc[\w-]{20,}/, 'a PyPI token'],
  [/\bdckr_pat_[\w-]{20,}/, 'a Docker Hub token'],
  [/\bdop_v1_[0-9a-f]{64}\b/, 'a DigitalOcean token'],
  [/\bCCIPAT_\w+_[0-9a-f]{40}\b|\bCCIPRJ_\w+_[0-9a-f]{40}\b/, 'a CircleCI token'],
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, 'a private key'],
  [
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@$<{"']+:(?!\$|<<|\{|password@|postgres@|root@|test@|guest@)[^\s/@$<{"']{12,}@[\w.-]+\.[a-z]{2,}/,
    'an address with a password',
  ],
];

/** Characters of the shortest key: `xoxb-` and ten more. Most texts of a config have less. */
const SHORTEST = 15;

/** What a text holds that has the shape of a key; undefined when there is none. */
export function findKey(text: string): string | undefined {
  if (text.length < SHORTEST) return undefined;
  // Of a vendor's documentation.
  if (/AKIAIOSFODNN7EXAMPLE|EXAMPLE/.test(text)) return undefined;
  return KEYS.find(([shape]) => shape.test(text))?.[1];
}

const SECRET_NAME = /(?:^|[_-])(?:password|passwd|secret|token|api_?key|access_?key|private_?key|credentials?)$/i;

/** A value of many different characters under a name that says it is a secret, or what logs in to a registry. */
export function findByName(text: string, path: Path): string | undefined {
  if (text.length < 6) return undefined;
  const [owner, name] = path.slice(-2).map(String);
  if (name === undefined || /[$<{\s]/.test(text)) return undefined;
  const logsIn =
    (owner === 'auth' && name === 'password') || (owner === 'aws_auth' && name === 'aws_secret_access_key');
  if (logsIn) return `the secret "${name}"`;
  return owner === 'environment' && isSecret(name, text) ? `the secret "${name}"` : undefined;
}

/** `export API_TOKEN=...`, `API_TOKEN=... deploy`; the value in quotes or without. */
const ASSIGNMENT = /(?<![\w$.-])([A-Za-z_]\w*)=(["']?)([^\s"'`;&|$<>(){}]{16,})\2(?=[\s;&|]|$)/g;

/** A secret that a script assigns to a variable: its name and the text of the assignment. */
export function findAssigned(script: string): { readonly what: string; readonly part: string } | undefined {
  for (const [part, name = '', , value = ''] of script.matchAll(ASSIGNMENT)) {
    if (isSecret(name, value)) return { what: `the secret "${name}"`, part };
  }
  return undefined;
}

function isSecret(name: string, value: string): boolean {
  const changes = value.match(/\d[A-Za-z]|[A-Za-z]\d/g)?.length ?? 0;
  return SECRET_NAME.test(name) && value.length >= 16 && entropy(value) >= 3.5 && changes >= 2;
}

/** Bits per character (Shannon). Words have about 3, keys 4 and more. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
