import { type Answers, addAnswer, checkAnswer } from '../../spec/detect/answers.js';
import type { Facts } from '../../spec/detect/detect.js';
import { makeDraft } from '../../spec/detect/draft.js';
import { checkServiceAnswers, questionsOf } from '../../spec/detect/questions.js';
import type { Question } from '../../spec/detect/value.js';

type Ask = (question: string) => Promise<string | undefined>;

/**
 * Asks for what a draft is missing, one question after the other; each answer may settle others. An empty answer leaves
 * the guess, or the place to be filled in.
 * @param tell takes what is wrong with an answer; the question comes again
 * @returns undefined when the person ended the input
 */
export async function askMissing(
  facts: Facts,
  given: Answers,
  ask: Ask,
  tell: (text: string) => void,
): Promise<Answers | undefined> {
  let answers = given;
  const asked = new Set<string>();
  let told = false;
  for (;;) {
    const question = questionsOf(makeDraft(facts, answers)).find((one) => !asked.has(nameOf(one)));
    if (question === undefined) return answers;
    const { subject, scope } = question;
    if (!told) {
      tell('An empty answer leaves what is in [ ], or the place to be filled in.');
      told = true;
    }
    const line = await ask(`${question.text} (--${subject}): `);
    if (line === undefined) return undefined;
    const answer = line.trim();
    const next = answer === '' ? answers : addAnswer(answers, subject, scope, answer);
    const wrong = answer === '' ? undefined : (checkAnswer(subject, answer) ?? checkServiceAnswers(facts, next));
    if (wrong !== undefined) {
      tell(wrong);
      continue;
    }
    asked.add(nameOf(question));
    answers = next;
  }
}

function nameOf({ subject, scope }: Question): string {
  return `${subject}/${scope ?? ''}`;
}
