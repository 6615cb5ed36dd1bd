import type { DraftPart } from './draft.js';
import type { DraftEnvironment } from './draft-environment.js';
import { chooseNamed } from './named-for.js';
import type { Service } from './services.js';
import { isSameValue, isSure, missing, type Value } from './value.js';

/**
 * What the parts of a draft have to do with each other: each has a repository of its own, and what one of them does not
 * know of an environment, it takes from those that do and agree. One part alone stays as it is.
 */
export function settleParts(parts: readonly DraftPart[], services: readonly Service[]): readonly DraftPart[] {
  const names = services.map(({ name }) => name);
  return parts.map((part, index) => ({
    ...part,
    image: { ...part.image, repository: keepOwn(part, parts.slice(0, index)) },
    environments: part.environments.map((environment, at) => {
      const others = parts.flatMap((one) => (one === part ? [] : (one.environments[at] ?? [])));
      return others.length === 0 ? environment : agree(environment, others, names);
    }),
  }));
}

/** The image of a commit is found by its tag, which a repository has once. */
function keepOwn({ name, image: { repository } }: DraftPart, before: readonly DraftPart[]): Value {
  const owner = before.find(({ image }) => isSure(repository) && image.repository.text === repository.text);
  if (owner === undefined) return repository;
  const question = { subject: 'repository', scope: name, text: `Image repository of ${name}` } as const;
  return missing(`a repository of its own: ${repository.text} is that of ${owner.name}`, question);
}

function agree(
  environment: DraftEnvironment,
  others: readonly DraftEnvironment[],
  names: readonly string[],
): DraftEnvironment {
  const { access, namespace, role } = environment;
  const ofOthers = (key: string) =>
    others.flatMap((one) => Object.entries(one.access).flatMap(([name, value]) => (name === key ? [value] : [])));
  return {
    ...environment,
    access:
      'eks' in access
        ? { eks: settle(access.eks, ofOthers('eks'), names), region: settle(access.region, ofOthers('region'), names) }
        : access,
    namespace: settle(
      namespace,
      others.map((one) => one.namespace),
      names,
    ),
    role:
      role === undefined
        ? undefined
        : unasked(
            role,
            others.flatMap((one) => one.role ?? []),
          ),
  };
}

/** The value, or where it is not known that of the others: when they agree, and it is not named for one of the services. */
function settle(value: Value, others: readonly Value[], names: readonly string[]): Value {
  if (isSure(value)) return value;
  const [first, ...rest] = others.filter(isSure);
  if (first === undefined) return value;
  const shared = rest.every((one) => isSameValue(one, first)) && chooseNamed(first.text, names) === undefined;
  return shared ? first : unasked(value, others);
}

/** An answer goes for every service, so it is not asked for where another one has a value of its own. */
function unasked(value: Value, others: readonly Value[]): Value {
  if (value.question === undefined || !others.some(isSure)) return value;
  const { question: _, ...rest } = value;
  return rest;
}
