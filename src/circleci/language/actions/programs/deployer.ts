import type { Target } from '../action.js';
import { readArguments } from '../arguments.js';
import type { Program } from '../program.js';
import { migration } from './others.js';

/** How a program is told to deploy. Options are written with their dashes. */
export interface Deployer {
  /** Its first words, any of these. */
  readonly verbs: readonly string[];
  /** Options without a value. */
  readonly flags: readonly string[];
  /** Whether the word behind the verb is what is deployed. */
  readonly named?: true;
  /** Options whose value says what is deployed, where to, and which image. */
  readonly name?: readonly string[];
  readonly environment?: readonly string[];
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  readonly image?: readonly string[];
  /** Options with which it changes nothing. */
  readonly dry?: readonly string[];
  /** Whether it succeeds only when what it deploys runs; undefined where its own files say so. */
  readonly awaited: boolean | undefined;
  /** Options with which it waits for nothing. */
  readonly detached?: readonly string[];
}

/** A program that deploys, and may run a command in the environment. */
export function deployer(how: Deployer): Program {
  const flags = new Set([...how.flags, ...(how.dry ?? []), ...(how.detached ?? [])]);
  return (call) => {
    const given = readArguments(call.words, flags);
    const verb = how.verbs.find((one) => `${given.positional.join(' ')} `.startsWith(`${one} `));
    // Some of them run a command in the environment too.
    if (verb === undefined) return migration(call);
    if (given.has(...(how.dry ?? []))) return [];
    const first = (options: readonly string[] = []) => given.value(...options) ?? '';
    const rest = given.positional.slice(verb.split(' ').length);
    const target: Target = {
      environment: first(how.environment),
      cluster: first(how.cluster),
      namespace: first(how.namespace),
      name: how.named === true ? rest.join(' ') : first(how.name),
    };
    const references = given.values(...(how.image ?? []));
    const awaited = given.has(...(how.detached ?? [])) ? false : how.awaited;
    return [{ kind: 'deploy', target, references, awaited }];
  };
}
