import { listOf, type Mapping, mappingOf, textOf } from './repository.js';

const TESTS =
  /(^|[^a-z])(tests?|testing|spec|specs|rspec|unit|lint|linting|check|checks|verify|audit|static|types?|typecheck|format|style|quality|e2e|integration|rubocop|eslint|phpstan|pytest|vet|coverage|sast|security)([^a-z]|$)/;
const SHIPS =
  /(^|[^a-z])(deploy\w*|release\w*|publish\w*|push\w*|promote\w*|rollback|rollout|ship|provision|terraform|apply|notify|docker|image|images|migrate|migration|approve|approval|hold|staging|production|prod)([^a-z]|$)/;
const RUNS_TESTS =
  /\b(npm (run )?t(est)?\b|npm run [\w:-]*(test|lint|check)|yarn (run )?(test|lint)|pnpm (run )?(test|lint)|npx (vitest|jest|eslint|tsc)|pytest|tox\b|rspec|rails test|rake (test|spec)|go (test|vet)|golangci-lint|mvnw? .*(test|verify)|gradlew? .*(test|check)|phpunit|artisan test|pest\b|manage\.py test|rubocop|ruff|mypy|flake8|cargo (test|clippy)|dotnet test|mix test|make (test|lint|check|ci))/;
const RUNS_DEPLOYS =
  /\b(kubectl (apply|set|rollout|patch)|helm (upgrade|install)|kustomize build|docker (build|push|buildx)|aws (ecs|eks|s3 sync|s3 cp|cloudformation|lambda)|eb deploy|terraform apply|npm publish|git push|heroku|gcloud [\w ]*deploy|serverless deploy|sam deploy|cdk deploy|ecs deploy)/;

const SHIPS_BY_ORB = /\/(build[_-]and[_-]push|push|deploy|update|install)[\w-]*image|\/(deploy|update)[\w-]*$/;

/** Whether a job's name says that it tests, and not that it ships. */
export function isTestName(name: string): boolean {
  const low = name.toLowerCase();
  return TESTS.test(low) && !SHIPS.test(low);
}

/** Whether a job tests, by its name or by what it runs, and ships nothing. */
export function looksLikeTest(name: string, definition: unknown, commands: Mapping): boolean {
  if (ships(name, definition, commands)) return false;
  const words = wordsOf(mappingOf(definition)['steps'], commands);
  return isTestName(name) || words.some((word) => RUNS_TESTS.test(word) || word === 'store_test_results');
}

/** Whether a job, of the config or of an orb, builds an image or deploys, by its name or by what it runs. */
export function ships(name: string, definition: unknown, commands: Mapping): boolean {
  const low = name.toLowerCase();
  if (SHIPS.test(low) && !TESTS.test(low)) return true;
  const words = [name, ...wordsOf(mappingOf(definition)['steps'], commands)];
  return words.some((word) => RUNS_DEPLOYS.test(word) || SHIPS_BY_ORB.test(word));
}

/** Every command line and every step's name of a job, through the commands that the config declares. */
export function wordsOf(steps: unknown, commands: Mapping, depth = 0): readonly string[] {
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

/** Whether a job has a step, itself or through a command. */
export function hasStep(definition: unknown, commands: Mapping, name: string): boolean {
  return wordsOf(mappingOf(definition)['steps'], commands).includes(name);
}
