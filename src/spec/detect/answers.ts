import { parseReference } from '../../reference.js';

/** A value for everything, and values for single environments; of the repository, for single services. */
export interface Scoped {
  readonly all?: string;
  readonly by: Readonly<Record<string, string>>;
}

/** What a person said, by flags or when asked. It goes before anything that was found. */
export interface Answers {
  readonly repository: Scoped;
  /** Of the services that are found, those that are wanted. */
  readonly services?: readonly string[];
  readonly branch?: string;
  readonly environments?: readonly string[];
  /** `all` is the role of the image, which the environments use too unless they have one of their own. */
  readonly role: Scoped;
  readonly eks: Scoped;
  readonly kubeconfig: Scoped;
  readonly region: Scoped;
  readonly namespace: Scoped;
}

/** What can be asked for. */
export type Subject = 'services' | 'branch' | 'environments' | ScopedSubject;
export type ScopedSubject = 'repository' | 'role' | 'eks' | 'kubeconfig' | 'region' | 'namespace';

export const SCOPED: readonly ScopedSubject[] = ['repository', 'role', 'eks', 'kubeconfig', 'region', 'namespace'];

/** No answer to anything. */
export const NO_ANSWERS: Answers = {
  repository: { by: {} },
  role: { by: {} },
  eks: { by: {} },
  kubeconfig: { by: {} },
  region: { by: {} },
  namespace: { by: {} },
};

/** The answer for one environment, or one service. */
export function answerFor(scoped: Scoped, scope: string): string | undefined {
  return scoped.by[scope] ?? scoped.all;
}

const NAME = '[a-z][a-z0-9_-]{0,39}';

const FORMS: Readonly<
  Record<Exclude<ScopedSubject, 'repository'>, { readonly form: RegExp; readonly expected: string }>
> = {
  role: {
    form: /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[A-Za-z0-9+=,.@_/-]+$/,
    expected: 'the ARN of an IAM role, arn:aws:iam::123456789012:role/shop-push',
  },
  eks: { form: /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, expected: 'the name of an EKS cluster' },
  kubeconfig: {
    form: /^[A-Za-z_][A-Za-z0-9_]*$/,
    expected: 'the name of an environment variable, STAGING_KUBECONFIG',
  },
  region: { form: /^[a-z]{2}(-[a-z]+)+-[0-9]+$/, expected: 'an AWS region, us-east-1' },
  namespace: { form: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, expected: 'the name of a Kubernetes namespace' },
};

/** What is wrong with an answer, in words; undefined when nothing is. */
export function checkAnswer(subject: Subject, value: string): string | undefined {
  switch (subject) {
    case 'repository': {
      const reference = parseReference(value);
      if (reference !== undefined && reference.tag === undefined && reference.digest === undefined) return undefined;
      return `${JSON.stringify(value)} is no repository. expected HOST/PATH in lower case, without a tag`;
    }
    case 'branch':
      return /^[^\s:?*[\\^~]+$/.test(value) ? undefined : `${JSON.stringify(value)} is no name of a branch`;
    case 'environments':
      return checkNames(value, 'environment', 'staging,production');
    case 'services':
      return checkNames(value, 'service', 'api,web');
    default: {
      const { form, expected } = FORMS[subject];
      return form.test(value) ? undefined : `${JSON.stringify(value)} is not ${expected}`;
    }
  }
}

function checkNames(value: string, what: string, example: string): string | undefined {
  const names = splitNames(value);
  const wrong = names.find((name) => !new RegExp(`^${NAME}$`).test(name));
  if (wrong !== undefined) {
    return `${JSON.stringify(wrong)} cannot be the name of ${what === 'service' ? 'a' : 'an'} ${what}. expected at most 40 of a-z, 0-9, "-" and "_", starting with a letter`;
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `the ${what} "${twice}" stands there twice`;
  return names.length === 0 ? `there is no name in it. expected names with commas between, ${example}` : undefined;
}

/** The names of a list with commas. */
export function splitNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * A value, `blue`, or values of environments or services, `staging=blue,production=green`. The ARN of a role may have a
 * `=` in it.
 */
export function splitScopes(text: string): readonly { readonly scope: string | undefined; readonly value: string }[] {
  const parts = text.split(new RegExp(`,(?=(?:${NAME}=|arn:))`)).filter((part) => part !== '');
  return parts.map((part) => {
    const match = new RegExp(`^(${NAME})=(.*)$`).exec(part);
    return { scope: match?.[1], value: match?.[2] ?? part };
  });
}

/** The answers with one more. */
export function addAnswer(answers: Answers, subject: Subject, scope: string | undefined, value: string): Answers {
  switch (subject) {
    case 'branch':
      return { ...answers, branch: value };
    case 'environments':
    case 'services':
      return { ...answers, [subject]: splitNames(value) };
    default: {
      const before = answers[subject];
      const after =
        scope === undefined ? { ...before, all: value } : { ...before, by: { ...before.by, [scope]: value } };
      return { ...answers, [subject]: after };
    }
  }
}
