import type { Draft, DraftPart } from './draft.js';
import type { DraftEnvironment } from './draft-environment.js';
import type { DraftImage, DraftPlatforms } from './draft-image.js';
import { isSameValue, type Value } from './value.js';

/** A draft as the spec lays it out: what all images share stands once, at the top, and each has the rest. */
export interface Layout {
  readonly image: LaidImage | undefined;
  readonly tests: readonly string[];
  readonly environments: readonly LaidEnvironment[];
  /** None where there is one image, or none. */
  readonly services: readonly LaidService[];
}

/** Some keys of an image. */
export type LaidImage = { readonly [K in keyof DraftImage]?: DraftImage[K] | undefined };

/** Some keys of an environment. */
export type LaidEnvironment = { readonly name: string } & {
  readonly [K in Exclude<keyof DraftEnvironment, 'name'>]?: DraftEnvironment[K] | undefined;
};

export interface LaidService {
  readonly name: string;
  readonly paths: readonly string[] | undefined;
  readonly image: LaidImage;
  /** Empty: those of the top. */
  readonly tests: readonly string[];
  /** What its environments share; the name says nothing. */
  readonly defaults: LaidEnvironment;
  readonly environments: readonly LaidEnvironment[];
}

/** Keys of an environment that services may share, those that each has of its own, and how two values are the same. */
const SHARED = ['context', 'role', 'access', 'namespace'] as const;
const OWN = [...SHARED, 'workloads', 'migration'] as const;
type Key = (typeof OWN)[number];

/** Lays out a draft. */
export function layOut({ parts, tests }: Draft): Layout {
  const [first, ...others] = parts;
  if (first === undefined) return { image: undefined, tests, environments: [], services: [] };
  if (first.service === undefined) {
    const { image, environments } = first;
    return { image, tests: [...tests, ...first.tests], environments, services: [] };
  }
  const environments = first.environments.map((environment, at): LaidEnvironment => {
    const same = others.flatMap((part) => part.environments[at] ?? []);
    const shared = SHARED.filter((key) => same.every((one) => isSame(environment, one, key)));
    const { name, trigger, approval } = environment;
    return { name, trigger, approval, ...pick(environment, shared) };
  });
  const image = shareImage(parts.map((part) => part.image));
  const services = parts.map((part) => layOutService(part, image, environments, tests));
  const isUsed = services.some((service) => service.tests.length === 0);
  return { image, tests: isUsed ? tests : [], environments, services };
}

function layOutService(
  { name, service, image, tests, environments }: DraftPart,
  sharedImage: LaidImage,
  sharedEnvironments: readonly LaidEnvironment[],
  sharedTests: readonly string[],
): LaidService {
  const left = (at: number) => OWN.filter((key) => sharedEnvironments[at]?.[key] === undefined);
  const everywhere = OWN.filter((key) => environments.every((_, at) => left(at).includes(key)));
  const [first, ...others] = environments;
  const constant =
    first === undefined ? [] : everywhere.filter((key) => others.every((one) => isSame(first, one, key)));
  const own = environments.map(
    (environment, at): LaidEnvironment => ({
      name: environment.name,
      ...pick(
        environment,
        left(at).filter((key) => !constant.includes(key)),
      ),
    }),
  );
  return {
    name,
    paths: service?.paths.list,
    image: {
      repository: image.repository,
      ...(sharedImage.role === undefined ? { role: image.role } : {}),
      ...(sharedImage.context === undefined ? { context: image.context } : {}),
      ...(sharedImage.login === undefined ? { login: image.login } : {}),
      ...(sharedImage.platforms === undefined ? { platforms: image.platforms } : {}),
      path: image.path,
      dockerfile: image.dockerfile,
    },
    tests: tests.length === 0 ? [] : [...sharedTests, ...tests],
    defaults: { name: '', ...(first === undefined ? {} : pick(first, constant)) },
    environments: own.filter((environment) => OWN.some((key) => environment[key] !== undefined)),
  };
}

function shareImage(images: readonly DraftImage[]): LaidImage {
  const [first, ...others] = images;
  if (first === undefined) return {};
  const same = (key: 'role' | 'context') => others.every((one) => isSameValue(one[key], first[key]));
  const platforms = sharePlatforms(images.map((image) => image.platforms));
  return {
    ...(same('role') ? { role: first.role } : {}),
    ...(same('context') ? { context: first.context } : {}),
    ...(others.every(({ login }) => JSON.stringify(login) === JSON.stringify(first.login))
      ? { login: first.login }
      : {}),
    ...(platforms === undefined ? {} : { platforms }),
  };
}

function sharePlatforms(all: readonly DraftPlatforms[]): DraftPlatforms | undefined {
  const [first, ...others] = all;
  if (first === undefined || others.some(({ names }) => names.join() !== first.names.join())) return undefined;
  if (others.every(({ comment }) => comment === first.comment)) return first;
  const guesses = all.every(({ comment }) => comment?.includes('guess') === true);
  return guesses ? { names: first.names, comment: 'arm64 is a guess: the base images exist for both' } : undefined;
}

function pick(environment: DraftEnvironment, keys: readonly Key[]): Partial<LaidEnvironment> {
  return Object.fromEntries(keys.map((key) => [key, environment[key]]));
}

function isSame(a: DraftEnvironment, b: DraftEnvironment, key: Key): boolean {
  switch (key) {
    case 'access':
      return isSameAccess(a.access, b.access);
    case 'workloads':
      return a.workloads.join() === b.workloads.join();
    case 'migration':
      return a.migration?.command.join('\0') === b.migration?.command.join('\0');
    default:
      return isSameValue(a[key], b[key]);
  }
}

function isSameAccess(a: DraftEnvironment['access'], b: DraftEnvironment['access']): boolean {
  const values = (access: DraftEnvironment['access']): readonly (readonly [string, Value])[] => Object.entries(access);
  const [ofA, ofB] = [values(a), values(b)];
  return (
    ofA.length === ofB.length &&
    ofA.every(([key, value], at) => ofB[at]?.[0] === key && isSameValue(value, ofB[at]?.[1]))
  );
}
