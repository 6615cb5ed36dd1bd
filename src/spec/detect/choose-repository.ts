import { parseEcrHost, parseReference } from '../../reference.js';
import { isForeignImage } from './base-images.js';
import type { Facts } from './detect.js';
import { isEnvironmentName } from './environments.js';
import { repositoryOf } from './manifests.js';
import { nameOf, type Place } from './repository.js';

/** An image repository that something in the repository names. */
export interface Candidate {
  readonly text: string;
  readonly at: Place;
}

/** The repository of an image. */
export interface Choice {
  /** One for all environments. */
  readonly text: string;
  /** Where it stands; undefined: it stands nowhere, only those of single environments do. */
  readonly at: Place | undefined;
  /** Every repository that is found and that takes this image for some environment. */
  readonly all: readonly string[];
}

/** Every image repository of this project that manifests, charts, task definitions or CircleCI's config name, once each. */
export function findRepositories({
  manifests,
  charts,
  taskDefinitions,
  registries,
}: Pick<Facts, 'manifests' | 'charts' | 'taskDefinitions' | 'registries'>): readonly Candidate[] {
  const all: Candidate[] = [
    ...manifests.workloads.flatMap(({ images, imageAt }) => images.flatMap((image) => candidate(image, imageAt))),
    ...manifests.overlays.flatMap(({ images, at }) => [...images.values()].flatMap((image) => candidate(image, at))),
    ...charts.flatMap(({ images }) => images.flatMap(({ name, at }) => candidate(name, at))),
    ...taskDefinitions.flatMap(({ containers, at }) => containers.flatMap(({ image }) => candidate(image ?? '', at))),
    // What is pushed is the project's own, wherever it goes.
    ...registries,
  ];
  return all.filter((one, index) => all.findIndex(({ text }) => text === one.text) === index);
}

/** The repository that the image of an application most likely goes to. */
export function chooseRepository(facts: Facts, application: string): Choice | undefined {
  const all = findRepositories(facts);
  const named = all.find(({ text }) => nameOf(withoutEnvironment(text, application)) === application);
  const chosen = named ?? all.find(({ text }) => nameOf(text).includes(application)) ?? all[0];
  if (chosen === undefined) return undefined;
  const same = all.filter(({ text }) => imageOf(text, application) === imageOf(chosen.text, application));
  const texts = same.map(({ text }) => text);
  const shared = withoutEnvironment(chosen.text, application);
  const written = same.find(({ text }) => withoutEnvironment(text, application) === text);
  if (written !== undefined || same.length === 1) {
    const { text, at } = written ?? chosen;
    return { text, at, all: texts };
  }
  return { text: shared, at: undefined, all: texts };
}

/** What tells images apart: not the environment in a repository's name, nor the account and the region of ECR. */
function imageOf(text: string, application: string): string {
  const host = parseReference(text)?.repository.host ?? '';
  const shared = withoutEnvironment(text, application);
  return parseEcrHost(host) === undefined ? shared : shared.slice(shared.indexOf('/'));
}

/** `host/shop` of `host/shop-staging`, `host/staging/shop` and, where nothing else is left, of `host/staging`. */
function withoutEnvironment(text: string, application: string): string {
  const [host = '', ...path] = text.split('/');
  const parts = path.map((part) =>
    part
      .split(/(?<=[._-])/)
      .filter((word) => !isEnvironmentName(word.replace(/[._-]$/, '')))
      .join('')
      .replace(/[._-]+$/, ''),
  );
  if (parts.join('/') === path.join('/')) return text;
  const kept = parts.filter((part) => part !== '');
  const whole = parts.at(-1) === '' && path.length <= 2 ? [...kept, application] : kept;
  return [host, ...whole].join('/');
}

function candidate(image: string, at: Place): readonly Candidate[] {
  const text = isForeignImage(image) ? undefined : repositoryOf(image);
  return text === undefined ? [] : [{ text, at }];
}
