import { isForeignImage } from './base-images.js';
import type { Facts } from './detect.js';
import { repositoryOf } from './manifests.js';
import type { Place } from './repository.js';

/** An image repository that something in the repository names. */
export interface Candidate {
  readonly text: string;
  readonly at: Place;
}

/** Every image repository of this project that manifests, charts, task definitions or CircleCI's config name, once each. */
export function findRepositories({ manifests, charts, taskDefinitions, registries }: Facts): readonly Candidate[] {
  const all: Candidate[] = [
    ...manifests.deployments.flatMap(({ images, imageAt }) => images.flatMap((image) => candidate(image, imageAt))),
    ...manifests.overlays.flatMap(({ images, at }) => [...images.values()].flatMap((image) => candidate(image, at))),
    ...charts.flatMap(({ image }) => (image === undefined ? [] : candidate(image.name, image.at))),
    ...taskDefinitions.flatMap(({ containers, at }) => containers.flatMap(({ image }) => candidate(image ?? '', at))),
    ...registries.flatMap(({ text, at }) => candidate(text, at)),
  ];
  return all.filter((one, index) => all.findIndex(({ text }) => text === one.text) === index);
}

/** The repository that the image of an application most likely goes to. */
export function chooseRepository(facts: Facts, application: string): Candidate | undefined {
  const all = findRepositories(facts);
  const named = all.find(({ text }) => text.split('/').at(-1) === application);
  return named ?? all.find(({ text }) => text.split('/').at(-1)?.includes(application)) ?? all[0];
}

function candidate(image: string, at: Place): readonly Candidate[] {
  const text = isForeignImage(image) ? undefined : repositoryOf(image);
  return text === undefined ? [] : [{ text, at }];
}
