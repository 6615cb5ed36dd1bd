import { mappingOf } from '../../../yaml/mapping.js';
import type { Invocation } from '../model.js';
import type { Action, Target } from './action.js';

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
const OTHERS = new Set([
  ...['dev', 'develop', 'development', 'test', 'testing', 'qa', 'uat', 'preprod', 'preproduction', 'nonprod', 'sandbox'],
  ...['demo', 'preview', 'review', 'integration', 'int', 'sit', 'perf', 'canary', 'beta', 'alpha', 'acceptance', 'training'],
  ...['experimental', 'ephemeral', 'local', 'nightly', 'sandpit', 'loadtest', 'pentest'],
]);

/** Names of parameters and variables whose value is the name of an environment. */
const KEYS = /^(?:app_|deploy_|deployment_|target_|rails_|node_|django_)?(?:env|environment|stage|environment_name|env_name|tier)$/i;
const NAMESPACE_KEYS = /(?:^|_)(?:namespace|ns)$/i;

/**
 * The environment that a job is about; undefined where nothing says so, or where two things say something different. The
 * names of clusters and accounts do not count: one may hold many environments.
 */
export function environmentOf(invocation: Invocation, actions: readonly Action[]): EnvironmentName | undefined {
  const named: readonly (readonly [text: string, evidence: string])[] = [
    [invocation.name, 'its name'],
    ...valuesUnder(invocation.parameters, KEYS).map((value) => [value, `the parameter ${JSON.stringify(value)}`] as const),
    ...valuesUnder(invocation.job?.environment ?? {}, KEYS).map((value) => [value, `the variable ${JSON.stringify(value)}`] as const),
    ...targetsOf(actions).map(({ environment }) => [environment, `the environment ${JSON.stringify(environment)}`] as const),
    ...invocation.contexts.map((context) => [context, `the context ${JSON.stringify(context)}`] as const),
    ...valuesUnder(invocation.parameters, NAMESPACE_KEYS).map((value) => [value, `the namespace ${JSON.stringify(value)}`] as const),
    ...targetsOf(actions).map(({ namespace }) => [namespace, `the namespace ${JSON.stringify(namespace)}`] as const),
  ];
  const found = named.flatMap(([text, evidence]) => [...environmentsIn(text)].map((name) => ({ name, evidence })));
  const [first] = found;
  if (first === undefined || found.some(({ name }) => name !== first.name)) return undefined;
  return { ...first, isProduction: first.name === 'production' };
}

/** The names of environments in a text: `deployToProd`, `shop-staging`. */
export function environmentsIn(text: string): ReadonlySet<string> {
  const words = wordsOf(text);
  const names = words.flatMap((word, index) => {
    if (STAGING.has(word)) return ['staging'];
    if (OTHERS.has(word)) return [word === 'develop' || word === 'development' ? 'dev' : word];
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

function valuesUnder(mapping: Readonly<Record<string, unknown>>, keys: RegExp): readonly string[] {
  return Object.entries(mappingOf(mapping)).flatMap(([key, value]) =>
    keys.test(key.replaceAll('-', '_')) && typeof value === 'string' ? [value] : [],
  );
}
