import type { Path } from '../../../yaml/parse.js';
import { remember } from '../remember.js';
import { conditionTexts } from './conditions.js';
import { findNames, findReferences } from './references.js';
import type { Written } from './written.js';

/** The pipeline values that a config uses, in tags and in expressions without them, but for pipeline parameters. */
export const pipelineNames = remember((written: Written): readonly { readonly name: string; readonly path: Path }[] => {
  const bare = conditionTexts(written).filter(({ kind, text }) => kind !== 'step' && !text.includes('<<'));
  return [
    ...written.texts.flatMap(({ text, path }) => findReferences(text).map((name) => ({ name, path }))),
    ...bare.flatMap(({ text, path }) => findNames(text).map((name) => ({ name, path }))),
  ].filter(({ name }) => name.startsWith('pipeline.') && !name.startsWith('pipeline.parameters.'));
});
