import { defineScalarTag, NOT_RESOLVED } from 'js-yaml';

/** Of words in small letters, in capitals, or with one at the front. */
const CASES = /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/;

/**
 * Scalars that are true or false.
 * @param words of both; those that are true in the group `yes`
 */
export function makeBooleanTag(words: RegExp) {
  return defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
    implicit: true,
    implicitFirstChars: [...'yYnNtTfFoO'],
    resolve: (source) => {
      const found = CASES.test(source) ? words.exec(source) : null;
      return found === null ? NOT_RESOLVED : found.groups?.['yes'] !== undefined;
    },
    identify: (value) => typeof value === 'boolean',
  });
}
