import type { Yaml } from '../../yaml/parse.js';
import { listOf, type Mapping, mappingOf, textOf } from './repository.js';

/** A job of an existing config, and what a spec has to know of it. */
export interface KnownJob {
  readonly name: string;
  readonly line: number;
  /** It is run before anything is shipped: on every branch, and its name or its steps test something. */
  readonly test: boolean;
  /** What a person has to look at before it runs in the generated workflow. */
  readonly cautions: readonly string[];
}

/** What an existing `.circleci/config.yml` or `base.yml` says. */
export interface KnownConfig {
  readonly yaml: Yaml;
  readonly jobs: readonly KnownJob[];
  /** Jobs of orbs that its workflows run, `node/test`. */
  readonly orbJobs: readonly string[];
  /** Contexts of the workflows' jobs, by the job's name. */
  readonly contexts: readonly { readonly job: string; readonly names: readonly string[]; readonly line: number }[];
  /** It continues with another config that it makes. */
  readonly setup: boolean;
  /** Values that the steps give to the AWS CLI or to an orb. */
  readonly clusters: readonly {
    readonly job: string;
    readonly cluster: string;
    readonly region: string | undefined;
    readonly line: number;
  }[];
}

const TESTS =
  /(^|[^a-z])(tests?|testing|spec|specs|rspec|unit|lint|linting|check|checks|verify|audit|static|types?|typecheck|format|style|quality|e2e|integration|rubocop|eslint|phpstan|pytest|vet|coverage|sast|security)([^a-z]|$)/;
const SHIPS =
  /(^|[^a-z])(deploy\w*|release\w*|publish\w*|push\w*|promote\w*|rollback|rollout|ship|provision|terraform|apply|notify|docker|image|images|migrate|migration|approve|approval|hold|staging|production|prod)([^a-z]|$)/;
const RUNS_TESTS =
  /\b(npm (run )?t(est)?\b|npm run [\w:-]*(test|lint|check)|yarn (run )?(test|lint)|pnpm (run )?(test|lint)|npx (vitest|jest|eslint|tsc)|pytest|tox\b|rspec|rails test|rake (test|spec)|go (test|vet)|golangci-lint|mvnw? .*(test|verify)|gradlew? .*(test|check)|phpunit|artisan test|pest\b|manage\.py test|rubocop|ruff|mypy|flake8|cargo (test|clippy)|dotnet test|mix test|make (test|lint|check|ci))/;
const RUNS_DEPLOYS =
  /\b(kubectl (apply|set|rollout|patch)|helm (upgrade|install)|kustomize build|docker (build|push|buildx)|aws (ecs|eks|s3 sync|s3 cp|cloudformation|lambda)|eb deploy|terraform apply|npm publish|git push|heroku|gcloud [\w ]*deploy|serverless deploy|sam deploy|cdk deploy|ecs deploy)/;

/** Reads a config of CircleCI that was parsed already. */
export function readKnownConfig(yaml: Yaml): KnownConfig {
  const top = mappingOf(yaml.value);
  const invocations = readInvocations(mappingOf(top['workflows']), yaml);
  const definitions = mappingOf(top['jobs']);
  const commands = mappingOf(top['commands']);
  const known = Object.keys(definitions);
  const persisting = known.filter((name) => hasStep(definitions[name], commands, 'persist_to_workspace'));
  const jobs = known.map((name): KnownJob => {
    const own = invocations.filter(({ reference, approval }) => reference === name && !approval);
    // Before there were workflows, a job named build ran on every push.
    const everywhere =
      own.some((one) => one.everywhere) || (invocations.length === 0 && (name === 'build' || isTestName(name)));
    const cautions: string[] = [];
    const test = everywhere && looksLikeTest(name, definitions[name], commands);
    if (test) {
      const waits = own.flatMap(({ requires }) => requires).filter((one) => persisting.includes(one));
      if (waits.length > 0 && hasStep(definitions[name], commands, 'attach_workspace')) {
        cautions.push(`attaches the workspace of ${waits.join(', ')}, but the jobs of "test" run side by side`);
      }
      const parameters = Object.entries(mappingOf(mappingOf(definitions[name])['parameters']));
      const without = parameters
        .filter(([, parameter]) => mappingOf(parameter)['default'] === undefined)
        .map(([key]) => key);
      if (without.length > 0) cautions.push(`needs ${without.join(', ')}, which "test" cannot give: add a default`);
      if (own.some(({ matrix }) => matrix)) cautions.push('ran as a matrix, runs once now');
      const contexts = own.flatMap((one) => one.contexts);
      if (contexts.length > 0) cautions.push(`had the context ${contexts.join(', ')}, has none now`);
    }
    return { name, line: yaml.keyRange(['jobs', name]).start.line, test, cautions };
  });
  return {
    yaml,
    jobs,
    orbJobs: [...new Set(invocations.map(({ reference }) => reference).filter((name) => name.includes('/')))],
    contexts: invocations
      .filter(({ contexts }) => contexts.length > 0)
      .map(({ name, contexts, line }) => ({ job: name, names: contexts, line })),
    setup: top['setup'] === true,
    clusters: readClusters(definitions, commands, invocations, yaml),
  };
}

interface Invocation {
  /** What is run: a job's name, or `orb/job`. */
  readonly reference: string;
  /** What it is called in the workflow. */
  readonly name: string;
  readonly approval: boolean;
  readonly everywhere: boolean;
  readonly requires: readonly string[];
  readonly contexts: readonly string[];
  readonly matrix: boolean;
  readonly values: Mapping;
  readonly line: number;
}

function readInvocations(workflows: Mapping, yaml: Yaml): readonly Invocation[] {
  return Object.entries(workflows).flatMap(([workflow, raw]) => {
    const { jobs, triggers } = mappingOf(raw);
    return listOf(jobs).flatMap((item, index): readonly Invocation[] => {
      const [entry] = typeof item === 'string' ? [[item, {}] as const] : Object.entries(mappingOf(item));
      if (entry === undefined) return [];
      const [reference, value] = entry;
      const values = mappingOf(value);
      return [
        {
          reference,
          name: textOf(values['name']) ?? reference,
          approval: values['type'] === 'approval',
          everywhere: triggers === undefined && runsEverywhere(mappingOf(values['filters'])),
          requires: texts(values['requires']),
          contexts: texts(values['context']),
          matrix: values['matrix'] !== undefined,
          values,
          line: yaml.keyRange(['workflows', workflow, 'jobs', index, ...(typeof item === 'string' ? [] : [reference])])
            .start.line,
        },
      ];
    });
  });
}

/** Whether filters let every branch through, or all but some. */
function runsEverywhere(filters: Mapping): boolean {
  const branches = filters['branches'];
  if (typeof branches === 'string') return branches === '/.*/';
  const { only, ignore } = mappingOf(branches);
  if (texts(ignore).includes('/.*/')) return false;
  return only === undefined || texts(only).includes('/.*/');
}

function isTestName(name: string): boolean {
  const low = name.toLowerCase();
  return TESTS.test(low) && !SHIPS.test(low);
}

function looksLikeTest(name: string, definition: unknown, commands: Mapping): boolean {
  const low = name.toLowerCase();
  if (SHIPS.test(low) && !TESTS.test(low)) return false;
  const words = wordsOf(mappingOf(definition)['steps'], commands);
  if (words.some((word) => RUNS_DEPLOYS.test(word))) return false;
  if (
    words.some((word) =>
      /\/(build[_-]and[_-]push|push|deploy|update|install)[\w-]*image|\/(deploy|update)[\w-]*$/.test(word),
    )
  )
    return false;
  return isTestName(name) || words.some((word) => RUNS_TESTS.test(word) || word === 'store_test_results');
}

/** Every command line and every step's name of a job, through the commands that the config declares. */
function wordsOf(steps: unknown, commands: Mapping, depth = 0): readonly string[] {
  if (depth > 10) return [];
  return listOf(steps).flatMap((step): readonly string[] => {
    if (typeof step === 'string') return [step, ...wordsOf(mappingOf(commands[step])['steps'], commands, depth + 1)];
    return Object.entries(mappingOf(step)).flatMap(([name, value]): readonly string[] => {
      if (name === 'run') return [textOf(value) ?? textOf(mappingOf(value)['command']) ?? ''];
      if (name === 'when' || name === 'unless') return wordsOf(mappingOf(value)['steps'], commands, depth + 1);
      return [name, ...wordsOf(mappingOf(commands[name])['steps'], commands, depth + 1)];
    });
  });
}

function hasStep(definition: unknown, commands: Mapping, name: string): boolean {
  return wordsOf(mappingOf(definition)['steps'], commands).includes(name);
}

/** EKS clusters that jobs speak to: `aws eks update-kubeconfig --name X --region Y`, or `cluster-name: X` of an orb. */
function readClusters(
  definitions: Mapping,
  commands: Mapping,
  invocations: readonly Invocation[],
  yaml: Yaml,
): KnownConfig['clusters'] {
  const inSteps = Object.entries(definitions).flatMap(([job, definition]) =>
    wordsOf(mappingOf(definition)['steps'], commands).flatMap((words) => {
      const cluster = /\beks update-kubeconfig\b[^\n;&|]*--name[= ]["']?([A-Za-z0-9][\w-]*)/.exec(words)?.[1];
      const region = /--region[= ]["']?([a-z]{2}(?:-[a-z]+)+-\d+)/.exec(words)?.[1];
      return cluster === undefined ? [] : [{ job, cluster, region, line: yaml.keyRange(['jobs', job]).start.line }];
    }),
  );
  const inInvocations = invocations.flatMap(({ name, values, line }) => {
    const cluster = textOf(values['cluster-name']) ?? textOf(values['cluster_name']);
    const region = textOf(values['aws-region']) ?? textOf(values['region']);
    return cluster === undefined || cluster.includes('<<') ? [] : [{ job: name, cluster, region, line }];
  });
  return [...inSteps, ...inInvocations];
}

function texts(value: unknown): readonly string[] {
  return [value].flat().flatMap((item) => textOf(item) ?? []);
}
