import { quote } from '../diagnostic/quote.js';
import { suggest } from '../diagnostic/suggest.js';
import type { Span } from '../expressions/expression.js';
import { parseExpression } from '../expressions/parse.js';
import { isPipelineValue, PIPELINE_VALUES, typeOfPipelineValue } from '../expressions/pipeline-values.js';
import { namesIn } from '../expressions/print.js';
import { reduce, Unknown } from '../expressions/reduce.js';
import { findUnsafe } from './texts.js';

/** What is wrong with filters, and with which part of them; without one it is the whole. */
export interface FilterMistake {
  readonly message: string;
  readonly span?: Span;
}

/**
 * What can be seen to be wrong in an expression of pipeline values; undefined where nothing is. Parameters of the pipeline
 * are declared in the base, so they are left to the compiler of configs.
 * @see https://circleci.com/docs/reference/configuration-reference/ ("Using expressions")
 */
export function findFilterMistake(text: string): FilterMistake | undefined {
  const wrong = (what: string): FilterMistake => ({ message: `${quote(text)} ${what}` });
  if (text.trim() === '') return wrong('is empty');
  const unsafe = findUnsafe(text);
  if (unsafe === 'parameter') return wrong('has "<<": an expression of filters stands without << >>');
  if (unsafe === 'unseen') return wrong('has a line end or another control character: write it on one line');
  const parsed = parseExpression(text);
  if (!parsed.ok) return { message: `"filters" is no expression: ${parsed.error.message}`, span: parsed.error.span };
  const names = [...namesIn(parsed.value)];
  const other = names.find(({ name }) => !name.startsWith('pipeline.'));
  if (other !== undefined) {
    const message = `"filters" has the name ${quote(other.name)}, expected a pipeline value, or a string in double quotes`;
    return { message, span: other.span };
  }
  for (const { name, span } of names) {
    const near = isParameter(name) || isPipelineValue(name) ? undefined : suggest(name, PIPELINE_VALUES);
    // CircleCI gets new values all the time, so only one that is nearly another is wrong.
    if (near === undefined) continue;
    return { message: `there is no pipeline value ${quote(name)}, did you mean ${quote(near)}?`, span };
  }
  if (names.length === 0) return wrong('names no pipeline value');
  const mistakes: FilterMistake[] = [];
  reduce(
    parsed.value,
    (name) => new Unknown(isParameter(name) ? undefined : typeOfPipelineValue(name)),
    ({ message, span }) => mistakes.push({ message: `"filters" is no expression: ${message}`, span }),
  );
  return mistakes[0];
}

function isParameter(name: string): boolean {
  return name.startsWith('pipeline.parameters.');
}
