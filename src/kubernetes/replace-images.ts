import { isRecord, stringAt } from '../json.js';
import type { KubernetesObject } from './difference.js';
import { type ImageMatch, isMatch } from './image-match.js';
import type { Container } from './objects.js';

/** An object with an image in its containers. */
export interface Replaced {
  readonly object: KubernetesObject;
  /** Names of the containers that got it. */
  readonly containers: readonly string[];
  /** All containers, as they were. */
  readonly all: readonly Container[];
}

/** Puts an image into every container that matches, wherever a Pod spec stands in the object: also in a Job or a resource of others. */
export function replaceImages(object: KubernetesObject, match: ImageMatch, image: string): Replaced {
  const containers: string[] = [];
  const all: Container[] = [];
  const replace = (value: unknown): unknown => {
    const container = asContainer(value);
    if (container === undefined) return walk(value);
    all.push(container);
    if (!isMatch(container, match)) return value;
    containers.push(container.name);
    return { ...container, image };
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isRecord(value)) return value;
    const members = Object.entries(value).map(([key, member]) => {
      const isList = (key === 'containers' || key === 'initContainers') && Array.isArray(member);
      return [key, isList ? member.map(replace) : walk(member)];
    });
    return Object.fromEntries(members);
  };
  const walked = walk(object);
  return { object: isRecord(walked) ? walked : object, containers, all };
}

function asContainer(value: unknown): Container | undefined {
  const name = stringAt(value, 'name');
  return name === undefined ? undefined : { ...(value as object), name };
}
