import { remember } from '../../remember.js';
import type { Document, Written, WrittenDefinition } from '../../written/written.js';

/** Whether a document is an orb's source, whose definitions are there for others. */
export function isExported(definition: WrittenDefinition, isOrb: boolean): boolean {
  return isOrb && definition.document.alias === undefined;
}

/** How a definition is referred to: by its name in its own document, and by `ORB/NAME` in the config around it. */
export function namesOf({ name, document }: WrittenDefinition): readonly string[] {
  return document.alias === undefined ? [name] : [name, `${document.alias}/${name}`];
}

/**
 * Every text of a config that can be a reference: values, steps and entries of workflows. A name that is not among them
 * is used by nothing.
 */
export const usedTexts = remember((written: Written): ReadonlySet<string> => {
  const used = new Set(written.texts.filter(({ path }) => path.at(-1) !== 'resource_class').map(({ text }) => text));
  for (const { name } of written.steps) used.add(name);
  for (const { reference } of written.invocations) used.add(reference);
  return used;
});

/** Whether a name is put together from parameters somewhere, so that what is used is not known. */
export function hasComputedNames(names: Iterable<string>): boolean {
  for (const name of names) if (name.includes('<<')) return true;
  return false;
}

/** The text of a document's orb reference, for messages. */
export function placeName({ alias }: Document): string {
  return alias === undefined ? '' : ` of the orb "${alias}"`;
}
