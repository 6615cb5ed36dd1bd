import type { Answers } from './answers.js';
import type { Facts } from './detect.js';
import type { Draft } from './draft.js';
import type { Question } from './value.js';

/** What the values of a draft are missing or guessed enough to be asked for, in the order of the spec. */
export function questionsOf({ parts, environmentsGuessed, servicesGuessed }: Draft): readonly Question[] {
  const values = parts.flatMap(({ image, environments }) => [
    image.repository,
    image.role,
    ...environments.flatMap(({ trigger, role, access, namespace }) => [
      'branch' in trigger ? trigger.branch : undefined,
      role,
      ...('eks' in access ? [access.eks, access.region] : [access.kubeconfig]),
      namespace,
    ]),
  ]);
  const asked = values.flatMap((value) => (value?.question === undefined ? [] : [value.question]));
  const first = asked.filter(({ subject }) => subject === 'repository');
  const rest = asked.filter(({ subject }) => subject !== 'repository');
  const whole = (question: Question | undefined) => (question === undefined ? [] : [question]);
  return [...whole(servicesGuessed), ...first, ...whole(environmentsGuessed), ...rest];
}

/** What is wrong with answers to a repository as it is found, in words; undefined when nothing is. */
export function checkServiceAnswers(
  { services }: Facts,
  { services: wanted, repository }: Answers,
): string | undefined {
  const names = services.map(({ name }) => name);
  const known = names.length === 0 ? 'there is one image' : `expected some of ${names.join(', ')}`;
  const other = wanted?.find((name) => !names.includes(name));
  if (other !== undefined) return `--services: there is no service "${other}". ${known}`;
  const chosen = wanted ?? names;
  if (chosen.length > 1 && repository.all !== undefined) {
    const each = chosen.map((name) => `${name}=HOST/PATH`).join();
    return `--repository: each service has a repository of its own. expected ${each}`;
  }
  const scope = Object.keys(repository.by).find((name) => !chosen.includes(name));
  return scope === undefined ? undefined : `--repository: there is no service "${scope}". ${known}`;
}
