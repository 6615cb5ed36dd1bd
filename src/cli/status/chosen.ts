import type { Delivery, Environment } from '../../delivery/delivery.js';
import { quoteList } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import { fail, ok, type Result } from '../../result.js';
import { listOf, readPairs } from '../process/pairs.js';
import type { VerbValues } from '../verb.js';

/** What is to be shown. */
export interface Chosen {
  readonly parts: readonly ChosenPart[];
  /** Contexts of the kubeconfig, by environment. */
  readonly contexts: Readonly<Record<string, string>>;
}

/** A service, or all that there is, with those of its environments that are asked for. */
export interface ChosenPart {
  /** Undefined: the spec has one image and no services. */
  readonly service: string | undefined;
  /** Repository of the image. */
  readonly image: string | undefined;
  readonly environments: readonly Environment[];
}

/** What the options ask for, or what is wrong with them. */
export function readChosen(delivery: Delivery, values: VerbValues): Result<Chosen, string> {
  const all =
    delivery.services.length === 0
      ? [{ service: undefined, ...delivery }]
      : delivery.services.map((one) => ({ service: one.name, ...one }));
  const services = listOf(values['service']);
  const wrongService = findWrong(
    'service',
    services,
    all.flatMap(({ service }) => service ?? []),
  );
  if (wrongService !== undefined) return fail(wrongService);
  const parts = all.filter(({ service = '' }) => services.length === 0 || services.includes(service));
  const known = [...new Set(parts.flatMap(({ environments }) => environments.map(({ name }) => name)))];
  if (known.length === 0) return fail('the spec has no environment');
  const wanted = listOf(values['environment']);
  const contexts = readPairs('context', values);
  if (!contexts.ok) return contexts;
  const wrong = findWrong('environment', [...wanted, ...Object.keys(contexts.value)], known);
  if (wrong !== undefined) return fail(wrong);
  const isWanted = ({ name }: Environment) => wanted.length === 0 || wanted.includes(name);
  const chosen = parts.map(({ service, image, environments }) => {
    return { service, image: image?.repository, environments: environments.filter(isWanted) };
  });
  return ok({ parts: chosen.filter(({ environments }) => environments.length > 0), contexts: contexts.value });
}

function findWrong(what: string, names: readonly string[], known: readonly string[]): string | undefined {
  const name = names.find((one) => !known.includes(one));
  if (name === undefined) return undefined;
  const near = suggest(name, known);
  if (near !== undefined) return `there is no ${what} "${name}", did you mean "${near}"?`;
  return `there is no ${what} "${name}"; ${known.length === 0 ? 'the spec has none' : `expected one of ${quoteList(known)}`}`;
}
