import type { Target } from '../action.js';
import { readArguments } from '../arguments.js';
import { isMigration } from '../migration.js';
import type { Program } from '../program.js';

const FLAGS = new Set([
  ...['--force-new-deployment', '--no-cli-pager', '--debug', '--no-paginate', '--enable-execute-command'],
  ...['--no-execute-changeset', '--no-fail-on-empty-changeset', '--disable-rollback'],
  ...['--no-force-new-deployment', '--no-verify-ssl', '--disable-execute-command'],
]);

/** `aws ecs` and `aws ecr`: https://docs.aws.amazon.com/cli/latest/reference/ecs/ */
export const aws: Program = ({ words }) => {
  const given = readArguments(words, FLAGS);
  const [service = '', verb = '', which = ''] = given.positional;
  const target: Target = {
    environment: '',
    cluster: given.value('--cluster') ?? '',
    namespace: '',
    name: given.value('--service', '--function-name', '--application-name') ?? '',
  };
  switch (`${service} ${verb}`) {
    case 'ecs update-service': {
      const task = given.value('--task-definition');
      const refetches = task === undefined && given.has('--force-new-deployment');
      // Without either it sets the number of tasks, or the like.
      if (task === undefined && !refetches) return [];
      return [{ kind: 'deploy', target, references: [], awaited: false, ...(refetches ? { refetches } : {}) }];
    }
    case 'ecs deploy':
    case 'deploy push':
      return [{ kind: 'deploy', target, references: [], awaited: service === 'ecs' ? true : undefined }];
    case 'deploy create-deployment':
      return [{ kind: 'deploy', target, references: [], awaited: undefined }];
    case 'lambda update-function-code': {
      const image = given.value('--image-uri');
      return [{ kind: 'deploy', target, references: image === undefined ? [] : [image], awaited: undefined }];
    }
    // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
    case 'cloudformation deploy':
    case 'cloudformation update-stack':
    case 'cloudformation create-stack': {
      const name = given.value('--stack-name') ?? '';
      const awaited = verb === 'deploy';
      if (given.has('--no-execute-changeset')) return [];
      return [{ kind: 'deploy', target: { ...target, name }, references: [], awaited }];
    }
    case 'cloudformation wait':
    case 'deploy wait':
    case 'lambda wait':
      return [{ kind: 'wait' }];
    case 'ecs wait':
      return which === 'services-stable' || which === 'tasks-stopped' ? [{ kind: 'wait' }] : [];
    case 'ecs run-task':
      return isMigration(words.join(' ')) ? [{ kind: 'migrate', target, awaited: false }] : [];
    default:
      return [];
  }
};

/** https://github.com/fabfuel/ecs-deploy: waits unless it is told not to. */
export const ecs: Program = ({ words }) => {
  const given = readArguments(words, new Set(['--no-deregister', '--rollback', '--ignore-warnings']));
  const [verb = '', cluster = '', name = ''] = given.positional;
  if (verb !== 'deploy' || name === '') return [];
  const tag = given.value('-t', '--tag');
  const target: Target = { environment: '', cluster, namespace: '', name };
  return [{ kind: 'deploy', target, references: tag === undefined ? [] : [`:${tag}`], awaited: true }];
};

/** https://github.com/silinternational/ecs-deploy: a script that waits until the service runs the new task. */
export const ecsDeploy: Program = ({ words }) => {
  const given = readArguments(
    words,
    new Set(['--use-latest-task-def', '--force-new-deployment', '-D', '--verbose', '-v']),
  );
  const image = given.value('-i', '--image');
  const name = given.value('-n', '--service-name') ?? '';
  const target: Target = { environment: '', cluster: given.value('-c', '--cluster') ?? '', namespace: '', name };
  return image === undefined ? [] : [{ kind: 'deploy', target, references: [image], awaited: true }];
};

/** https://github.com/kayac/ecspresso: waits unless it is told not to. */
export const ecspresso: Program = ({ words }) => {
  const given = readArguments(
    words,
    new Set(['--no-wait', '--force-new-deployment', '--dry-run', '--skip-task-definition']),
  );
  const [verb = ''] = given.positional;
  if (given.has('--dry-run')) return [];
  const target: Target = { environment: '', cluster: '', namespace: '', name: given.value('--config') ?? '' };
  if (verb === 'run')
    return isMigration(words.join(' ')) ? [{ kind: 'migrate', target, awaited: !given.has('--no-wait') }] : [];
  if (verb === 'rollback') return [{ kind: 'undo', green: false }];
  return verb === 'deploy' ? [{ kind: 'deploy', target, references: [], awaited: !given.has('--no-wait') }] : [];
};
