import type { Mapping } from '../../../yaml/mapping.js';
import type { Invocation } from '../model.js';
import type { Action, Target } from './action.js';
import { repositoryOf } from './reference.js';

/** An environment that a job deploys to, or does something else to. */
export interface EnvironmentName {
  /** `production` and `staging` for all the ways to write them, else the word itself: `qa`. */
  readonly name: string;
  readonly isProduction: boolean;
  /** What says so, for people: `its name`, `the context "shop-prod"`. */
  readonly evidence: string;
}

const PRODUCTION = new Set(['production', 'prod', 'prd']);
const STAGING = new Set(['staging', 'stage', 'stg', 'stag']);
/** Words that mean nothing but an environment. */
const OTHERS = new Set([
  ...['dev', 'develop', 'development', 'qa', 'uat', 'preprod', 'preproduction', 'nonprod', 'sandbox', 'sandpit'],
]);
/** Words that can also be part of a product's name. */
const VAGUE = new Set([
  ...['demo', 'test', 'testing', 'preview', 'review', 'integration', 'int', 'sit', 'perf', 'canary', 'beta', 'alpha'],
  ...['acceptance', 'training', 'experimental', 'ephemeral', 'local', 'nightly', 'loadtest', 'pentest'],
]);

/** Names of parameters and variables whose value is the name of an environment. */
const KEYS =
  /^(?:app_|deploy_|deployment_|target_|rails_|node_|django_)?(?:env|environment|stage|environment_name|env_name|tier)$/i;
const NAMESPACE_KEYS = /(?:^|_)(?:namespace|ns)$/i;

/**
 * The environment that a job is about, by the first of its name, its parameters, its contexts and what its steps name that
 * names exactly one. Undefined where nothing does, or where two of them contradict each other.
 */
export function environmentOf(invocation: Invocation, actions: readonly Action[]): EnvironmentName | undefined {
  const said = pick([
    [invocation.name, 'its name'],
    ...valuesUnder(invocation.parameters, KEYS, 'the parameter'),
    ...valuesUnder(invocation.job?.environment ?? {}, KEYS, 'the variable'),
    ...targetsOf(actions).map(({ environment }) => evidence(environment, 'the environment')),
    ...actions.flatMap((one) => (one.kind === 'mark' ? [evidence(one.environment, 'the deploy marker')] : [])),
    ...invocation.contexts.map((context) => evidence(context, 'the context')),
    ...valuesUnder(invocation.parameters, NAMESPACE_KEYS, 'the namespace'),
    ...targetsOf(actions).map(({ namespace }) => evidence(namespace, 'the namespace')),
  ]);
  if (said !== undefined) return said === 'contradiction' ? undefined : said;
  // Clusters and registries are often shared by environments, so they count only where nothing else does.
  const touched = pick([
    ...targetsOf(actions).flatMap(({ name, cluster }) => [
      evidence(name, 'what it deploys,'),
      evidence(cluster, 'the cluster'),
    ]),
    ...actions
      .flatMap((one) => (one.kind === 'build' ? one.references : []))
      .map((one) => evidence(repositoryOf(one), 'the repository')),
  ]);
  return touched === 'contradiction' ? undefined : touched;
}

type Evidence = readonly [text: string, source: string];

function evidence(text: string, source: string): Evidence {
  return [text, `${source} ${JSON.stringify(text)}`];
}

function pick(all: readonly Evidence[]): EnvironmentName | 'contradiction' | undefined {
  const found = all.flatMap(([text, source]) => {
    const names = [...environmentsIn(text)];
    return names.length === 1 ? [{ name: names[0] ?? '', evidence: source }] : [];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const contradicts = found.some(({ name }) => name !== first.name && !VAGUE.has(name));
  return contradicts ? 'contradiction' : { ...first, isProduction: first.name === 'production' };
}

/** The names of environments in a text: `deployToProd`, `shop-staging`. */
export function environmentsIn(text: string): ReadonlySet<string> {
  const words = wordsOf(text);
  const names = words.flatMap((word, index) => {
    if (STAGING.has(word)) return ['staging'];
    if (OTHERS.has(word) || VAGUE.has(word)) return [word === 'develop' || word === 'development' ? 'dev' : word];
    if (!PRODUCTION.has(word)) return [];
    // `pre-prod` and `non-prod` are not it.
    return [/^(?:pre|non|not)$/.test(words[index - 1] ?? '') ? 'preprod' : 'production'];
  });
  return new Set(names);
}

/** The words of a name, lower case: of `deploy-staging_euWest` those are deploy, staging, eu, west. */
export function wordsOf(text: string): readonly string[] {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

function targetsOf(actions: readonly Action[]): readonly Target[] {
  return actions.flatMap((action) => (action.kind === 'deploy' || action.kind === 'migrate' ? [action.target] : []));
}

function valuesUnder(mapping: Mapping, keys: RegExp, source: string): readonly Evidence[] {
  return Object.entries(mapping).flatMap(([key, value]) =>
    keys.test(key.replaceAll('-', '_')) && typeof value === 'string' ? [evidence(value, source)] : [],
  );
}
