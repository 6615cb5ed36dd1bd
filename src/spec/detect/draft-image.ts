import { parseEcrHost, parseReference } from '../../reference.js';
import { type Answers, answerFor } from './answers.js';
import { chooseRepository } from './choose-repository.js';
import type { Facts } from './detect.js';
import type { About } from './draft.js';
import { type DraftLogin, draftLogin } from './draft-login.js';
import { environmentIn } from './environments.js';
import { nameOf } from './repository.js';
import { found, given, guessed, missing, type Value } from './value.js';

/** `image`, before it is text. */
export interface DraftImage {
  readonly repository: Value;
  readonly role: Value | undefined;
  readonly context: Value | undefined;
  readonly login: DraftLogin | undefined;
  readonly platforms: DraftPlatforms;
  readonly dockerfile: string;
  readonly path: string;
}

export interface DraftPlatforms {
  readonly names: readonly string[];
  readonly comment: string | undefined;
}

/** The image of the first Dockerfile of the facts, of which there is at least one. */
export function draftImage(facts: Facts, answers: Answers, about: About): DraftImage {
  const [dockerfile] = facts.dockerfiles;
  const repository = draftRepository(facts, answers, about);
  const isEcr = isEcrRepository(repository);
  const login = draftLogin(facts, repository);
  const architectures = [...new Set(facts.manifests.workloads.flatMap(({ architecture }) => architecture ?? []))];
  return {
    repository,
    role: draftRole(facts, answers, repository, isEcr),
    context: login?.kind === 'login' ? draftContext(facts, about.application) : undefined,
    login,
    platforms: draftPlatforms(dockerfile?.platforms, architectures),
    dockerfile: dockerfile?.path ?? 'Dockerfile',
    path: dockerfile?.context ?? '.',
  };
}

/** Whether it is one that AWS keeps, for which jobs log in by a role. */
export function isEcrRepository(repository: Value): boolean {
  return parseEcrHost(parseReference(repository.text)?.repository.host ?? '') !== undefined;
}

function draftRepository(facts: Facts, answers: Answers, { name }: About): Value {
  const answer = answerFor(answers.repository, name);
  if (answer !== undefined) return given(answer);
  const scope = facts.services.length > 1 ? { scope: name } : {};
  const what = facts.services.length > 1 ? `Image repository of ${name}` : 'Image repository';
  const chosen = chooseRepository(facts, name);
  if (chosen === undefined) {
    const text = `${what}, HOST/PATH without a tag`;
    const question = { subject: 'repository', ...scope, text } as const;
    return missing('the repository that the image is pushed to: HOST/PATH, no tag', question);
  }
  if (chosen.at !== undefined) return found(chosen.text, chosen.at);
  const why = `one for all environments, in place of ${chosen.all.map(nameOf).join(' and ')}`;
  const question = { subject: 'repository', ...scope, text: `${what}, for all environments [${chosen.text}]` } as const;
  return { ...guessed(chosen.text, why), question };
}

function draftRole({ roles }: Facts, answers: Answers, repository: Value, isEcr: boolean): Value | undefined {
  if (answers.role.all !== undefined) return given(answers.role.all);
  if (!isEcr && repository.origin !== 'missing') return undefined;
  const known = roles.find(({ text }) => environmentIn(text.slice(text.indexOf('/'))) === undefined);
  if (known !== undefined) return found(known.text, known.at);
  const text = 'ARN of the IAM role that pushes the image, by OIDC';
  return missing("ARN of the role that pushes, assumed with CircleCI's OIDC token", { subject: 'role', text });
}

function draftContext({ config }: Facts, application: string): Value {
  const pushing = config?.contexts.find(({ job }) => /build|push|publish|docker|image/i.test(job));
  const [name] = pushing?.names ?? [];
  if (config !== undefined && pushing !== undefined && name !== undefined) {
    return found(name, { file: config.yaml.file, line: pushing.line });
  }
  return guessed(`${application}-registry`, 'a context that lets a job push');
}

function draftPlatforms(
  platforms: { readonly names: readonly string[]; readonly why: string; readonly guess: boolean } | undefined,
  architectures: readonly string[],
): DraftPlatforms {
  const [only] = architectures;
  if (architectures.length === 1 && (only === 'amd64' || only === 'arm64')) {
    return { names: [`linux/${only}`], comment: 'what the node selectors ask for' };
  }
  const arm64 = platforms?.names.includes('linux/arm64') === true && platforms.guess;
  return {
    names: platforms?.names ?? ['linux/amd64'],
    comment: arm64 ? `arm64 is a guess: ${platforms.why}` : undefined,
  };
}
