import { deploy } from '../../commands/deploy/declaration.js';
import { passImage } from '../../commands/pass-image/declaration.js';
import { promoteImage } from '../../commands/promote-image/declaration.js';
import { runMigration } from '../../commands/run-migration/declaration.js';
import { verifyImage } from '../../commands/verify-image/declaration.js';
import type { Plain } from '../plain.js';
import { callersSteps, executorParameter, parametersOf, passOn, reference, stepsParameter } from './job-parts.js';
import { type Call, markerCalls } from './markers.js';
import { declareParameters } from './parameters.js';

/** The orb's job that deploys to one environment. */
export function deployJob(): Plain {
  const deployed = parametersOf(verifyImage, deploy);
  const names = Object.keys(deployed);
  const promoted = promotionParameters(names);
  // The timeout is that of the deployment.
  const promotion = [...names.filter((name) => name !== 'timeout'), ...Object.keys(promoted)];
  const parameters = {
    ...deployed,
    ...promoted,
    ...migrationParameters(),
    component: {
      type: 'string',
      description: "Component whose deploy markers CircleCI's deploys page shows. Empty: no markers. For example shop.",
      default: '',
    },
    executor: executorParameter('node', 'resource_class: medium'),
    before_deploy: stepsParameter(
      'Steps after the digest is verified, before the migration and the deployment. When one fails, nothing is changed.',
    ),
    after_deploy: stepsParameter(
      'Steps after the workloads run the digest. When one fails, the digest is not passed, so no environment that comes after gets it. For example a smoke test.',
    ),
  };
  const marker = markerCalls(reference('environment'), reference('component'));
  const mark = (calls: readonly Call[]) => whenGiven('component', calls);
  return {
    description: 'Verify the digest, migrate the database, deploy, and mark the digest as passed by the environment.',
    parameters,
    executor: reference('executor'),
    steps: [
      mark(marker.plan),
      // What the commit is compared with what runs by is the history of the repository.
      'checkout',
      'install',
      { verify_image: passOn(verifyImage, names) },
      mark(marker.start),
      callersSteps('before_deploy'),
      whenGiven('destination', [['promote_image', passOn(promoteImage, promotion)]]),
      whenGiven('migration', [['run_migration', migrationValues(names)]]),
      { deploy: passOn(deploy, names) },
      callersSteps('after_deploy'),
      { pass_image: passOn(passImage, names) },
      mark(marker.end),
    ],
  };
}

/** The parameters of the promotion that no other step has, and where it leads to. */
function promotionParameters(taken: readonly string[]): Readonly<Record<string, Plain>> {
  const declared = Object.entries(parametersOf(promoteImage)).filter(
    ([name]) => name === 'destination' || !taken.includes(name),
  );
  const { destination, ...others } = Object.fromEntries(declared);
  const description = `${words(destination)} Empty: the image is deployed from where it was published.`;
  return { destination: { ...destination, description, default: '' }, ...others };
}

/** The parameters of the migration that the job has under names of their own. */
const MIGRATION = ['workload', 'manifest', 'container', 'timeout', 'failed_before', 'on_cancel'] as const;

function migrationParameters(): Readonly<Record<string, Plain>> {
  const declared = declareParameters(runMigration.parameters);
  const command = { type: 'string', description: `Database migration. ${words(declared['command'])} Empty: none.` };
  const others = MIGRATION.map((name): [string, Plain] => {
    const needed =
      name === 'workload' ? ' Needed with migration, unless migration_manifest holds one Pod template alone.' : '';
    const description = `${words(declared[name])}${needed}`;
    return [`migration_${name}`, { default: '', ...declared[name], description }];
  });
  return { migration: { ...command, default: '' }, ...Object.fromEntries(others) };
}

function words(parameter: Plain | undefined): string {
  return String(parameter?.['description']);
}

function migrationValues(names: readonly string[]): Plain {
  const own = MIGRATION.map((name) => [name, reference(`migration_${name}`)]);
  return { ...passOn(runMigration, names), command: reference('migration'), ...Object.fromEntries(own) };
}

/** Steps that are run when a parameter of the job is not empty. */
function whenGiven(parameter: string, calls: readonly Call[]): Plain {
  return { when: { condition: reference(parameter), steps: calls.map(([name, values]) => ({ [name]: values })) } };
}
