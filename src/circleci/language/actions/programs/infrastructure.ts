import { NOWHERE, type Target } from '../action.js';
import { readArguments } from '../arguments.js';
import type { Program } from '../program.js';
import { deployer } from './deployer.js';
import { migration } from './others.js';

/** https://developer.hashicorp.com/terraform/cli/commands/apply; OpenTofu and Terragrunt take the same. */
export const terraform: Program = ({ words }) => {
  const flags = ['-auto-approve', '-no-color', '-compact-warnings', '-json', '-destroy', '-refresh-only'];
  const given = readArguments(words, new Set([...flags, '--auto-approve', '--terragrunt-non-interactive']));
  const isApply = given.positional[0] === 'apply' || given.positional.slice(0, 2).join(' ') === 'run-all apply';
  if (!isApply || given.has('-destroy', '-refresh-only')) return [];
  // What it changes is in its files and its state; the file of variables is mostly named for the environment.
  const environment = given.value('-var-file', '--var-file', '-chdir', '--terragrunt-working-dir') ?? '';
  return [{ kind: 'deploy', target: { ...NOWHERE, environment }, references: [], awaited: true }];
};

/** https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_sync/: waits for the sync, not for health. */
export const argocd: Program = (call) => {
  const given = readArguments(call.words, new Set([...ARGOCD.flags, ...ARGOCD.dry, ...ARGOCD.detached]));
  switch (given.positional.slice(0, 2).join(' ')) {
    case 'app wait':
      return [{ kind: 'wait' }];
    case 'app rollback':
      return [{ kind: 'undo', green: false }];
    default:
      return argocdSync(call);
  }
};

const ARGOCD = {
  verbs: ['app sync'],
  flags: ['--prune', '--force', '--grpc-web', '--insecure', '--plaintext', '--replace', '--server-side'],
  named: true,
  cluster: ['--server'],
  dry: ['--dry-run'],
  awaited: undefined,
  detached: ['--async'],
} as const;
const argocdSync = deployer(ARGOCD);

/** https://capistranorb.com: `cap production deploy`. */
export const capistrano: Program = (call) => {
  const [environment = '', task] = call.words.filter((word) => !word.startsWith('-'));
  if (task !== 'deploy') return migration(call);
  return [{ kind: 'deploy', target: { ...NOWHERE, environment }, references: [], awaited: true }];
};

/** https://skaffold.dev/docs/references/cli/ */
export const skaffold: Program = (call) => {
  const given = readArguments(call.words, new Set(['--tail', '--cleanup', '--force', '--cache-artifacts', '-q']));
  const [verb = ''] = given.positional;
  const profile = given.value('-p', '--profile') ?? '';
  const recipe = {
    directory: call.variables.get('PWD') ?? '',
    file: given.value('-f', '--filename') ?? 'skaffold.yaml',
    context: '',
    target: profile,
    platform: given.value('--platform') ?? '',
    args: '',
  };
  const target: Target = {
    environment: profile,
    cluster: given.value('--kube-context') ?? '',
    namespace: given.value('-n', '--namespace') ?? '',
    name: '',
  };
  const awaited = given.value('--status-check') !== 'false';
  const builds = verb === 'build' || verb === 'run';
  const pushes = given.value('--push') !== 'false';
  return [
    ...(builds ? [{ kind: 'build', recipe, references: [], pushes } as const] : []),
    ...(/^(?:run|deploy|apply)$/.test(verb) ? [{ kind: 'deploy', target, references: [], awaited } as const] : []),
  ];
};
