import { fail, ok, type Result } from '../../result.js';
import {
  type Answers,
  addAnswer,
  checkAnswer,
  NO_ANSWERS,
  SCOPED,
  splitNames,
  splitScopes,
} from '../../spec/detect/answers.js';
import type { VerbValues } from '../verb.js';

/** The options of `gen-config init`, read. */
export interface InitOptions {
  readonly directory: string;
  readonly dryRun: boolean;
  /** Never ask. */
  readonly yes: boolean;
  readonly answers: Answers;
}

/** Reads the options of `init`; what is wrong with them as one line. */
export function readInitOptions(values: VerbValues): Result<InitOptions, string> {
  let answers = NO_ANSWERS;
  for (const subject of ['services', 'branch', 'environments'] as const) {
    const value = textOf(values[subject]);
    if (value === undefined) continue;
    const wrong = checkAnswer(subject, value);
    if (wrong !== undefined) return fail(`--${subject}: ${wrong}`);
    answers = addAnswer(answers, subject, undefined, value);
  }
  const named = textOf(values['environments']);
  const known = named === undefined ? undefined : splitNames(named);
  for (const subject of SCOPED) {
    for (const { scope, value } of splitScopes(textOf(values[subject]) ?? '')) {
      const wrong = checkAnswer(subject, value);
      if (wrong !== undefined) return fail(`--${subject}: ${wrong}`);
      if (subject !== 'repository' && scope !== undefined && known !== undefined && !known.includes(scope)) {
        return fail(`--${subject}: there is no environment "${scope}". expected one of ${known.join(', ')}`);
      }
      answers = addAnswer(answers, subject, scope, value);
    }
  }
  const directory = textOf(values['directory']) ?? '.';
  return ok({ directory, dryRun: values['dry-run'] === true, yes: values['yes'] === true, answers });
}

function textOf(value: VerbValues[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
