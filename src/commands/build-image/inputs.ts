import { isRecord, parseJson } from '../../json.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';

/** A build argument: its name and its value. */
export type BuildArgument = readonly [name: string, value: string];

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads `--args`: a JSON object of strings, in its order. Empty: none. */
export function parseBuildArguments(text: string): Result<readonly BuildArgument[], Failure> {
  if (text === '') return ok([]);
  const value = parseJson(text);
  if (!isRecord(value)) return refuse(`--args is ${text}: expected a JSON object like {"NODE_ENV": "production"}`);
  const args: BuildArgument[] = [];
  for (const [name, one] of Object.entries(value)) {
    if (!NAME.test(name))
      return refuse(`--args has the name ${JSON.stringify(name)}: expected letters, digits and "_"`);
    if (typeof one !== 'string') return refuse(`--args has ${name}: ${JSON.stringify(one)}, expected a string`);
    // No environment and no argument of a process can hold one.
    if (one.includes('\0')) return refuse(`--args has ${name} with a zero byte in its value`);
    args.push([name, one]);
  }
  return ok(args);
}

/**
 * Reads `--secrets`: names of environment variables, separated by commas. Each must be set: BuildKit would go on with an
 * empty one, and the build would fail later, or worse, not at all.
 */
export function parseSecrets(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Result<readonly string[], Failure> {
  const names = text.trim() === '' ? [] : text.split(',').map((one) => one.trim());
  for (const [index, name] of names.entries()) {
    if (!NAME.test(name)) {
      return refuse(
        `item ${index + 1} of --secrets is not the name of an environment variable`,
        'Give the name, without $.',
      );
    }
    if (names.indexOf(name) !== index) return refuse(`--secrets names ${name} twice`);
  }
  const unset = names.filter((name) => !env[name]);
  if (unset.length === 0) return ok(names);
  return fail({
    code: 1,
    cause: `the build needs the secret ${unset.join(', ')}, which is not set in the environment`,
    next: `Add the context that holds ${unset.length === 1 ? 'it' : 'them'} to the build job ("context" of the image in the spec), or take the name out of --secrets.`,
  });
}

/** What BuildKit can say about an image beside it. */
export type Attestation = (typeof ATTESTATIONS)[number];

const ATTESTATIONS = ['provenance', 'sbom'] as const;

/** Reads `--attestations`: kinds separated by commas. Empty: none. */
export function parseAttestations(text: string): Result<readonly Attestation[], Failure> {
  const found: Attestation[] = [];
  for (const name of text.trim() === '' ? [] : text.split(',').map((one) => one.trim())) {
    const kind = ATTESTATIONS.find((known) => known === name);
    if (kind === undefined) return refuse(`--attestations has ${JSON.stringify(name)}: expected provenance or sbom`);
    if (found.includes(kind)) return refuse(`--attestations names ${kind} twice`);
    found.push(kind);
  }
  return ok(found);
}

function refuse(cause: string, next?: string): Result<never, Failure> {
  return fail({ code: 2, cause, ...(next === undefined ? {} : { next }) });
}
