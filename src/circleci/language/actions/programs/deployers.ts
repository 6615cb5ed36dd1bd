import type { Program } from '../program.js';
import { type Deployer, deployer } from './deployer.js';
import { argocd, capistrano, skaffold, terraform } from './infrastructure.js';

/** Programs that do nothing of interest but to deploy, by their names. */
export const deployers: Readonly<Record<string, Program>> = {
  terraform,
  tofu: terraform,
  terragrunt: terraform,
  argocd,
  cap: capistrano,
  skaffold,
  // https://www.serverless.com/framework/docs/providers/aws/cli-reference/deploy
  ...named(['serverless', 'sls'], {
    verbs: ['deploy'],
    flags: ['--verbose', '-v', '--force', '--conceal', '--debug', '--aws-s3-accelerate'],
    environment: ['--stage', '-s'],
    dry: ['--noDeploy'],
    awaited: true,
  }),
  // https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-deploy.html
  ...named(['cdk'], {
    verbs: ['deploy'],
    flags: ['--all', '--hotswap', '--force', '-f', '--verbose', '-v', '--no-rollback', '--ci', '--exclusively', '-e'],
    named: true,
    environment: ['-c', '--context'],
    dry: ['--no-execute'],
    awaited: true,
  }),
  // https://helmfile.readthedocs.io/en/latest/#cli-reference
  ...named(['helmfile'], {
    verbs: ['apply', 'sync'],
    flags: ['--skip-deps', '--suppress-diff', '--interactive', '-i', '--debug', '-q', '--quiet', '--include-needs'],
    environment: ['-e', '--environment'],
    cluster: ['--kube-context'],
    namespace: ['-n', '--namespace'],
    awaited: undefined,
  }),
  // https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/
  ...named(['pulumi'], {
    verbs: ['up', 'update'],
    flags: ['-y', '--yes', '--skip-preview', '-f', '--non-interactive', '--diff', '-r', '--refresh', '-d', '--debug'],
    environment: ['-s', '--stack'],
    dry: ['--preview-only'],
    awaited: true,
  }),
  // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
  ...named(['sam'], {
    verbs: ['deploy'],
    flags: [
      '--no-confirm-changeset',
      '--no-fail-on-empty-changeset',
      '--resolve-s3',
      '--resolve-image-repos',
      '--debug',
    ],
    name: ['--stack-name'],
    environment: ['--config-env'],
    dry: ['--no-execute-changeset'],
    awaited: true,
  }),
  // https://aws.github.io/copilot-cli/docs/commands/svc-deploy/
  ...named(['copilot'], {
    verbs: ['deploy', 'svc deploy', 'job deploy'],
    flags: ['--force', '--no-rollback', '--diff-yes'],
    name: ['-n', '--name'],
    environment: ['-e', '--env'],
    awaited: true,
    detached: ['--detach'],
  }),
  // https://fly.io/docs/flyctl/deploy/
  ...named(['fly', 'flyctl'], {
    verbs: ['deploy'],
    flags: ['--remote-only', '--local-only', '--now', '--push', '--no-cache', '--verbose', '-v'],
    name: ['-a', '--app'],
    environment: ['-c', '--config'],
    image: ['-i', '--image'],
    dry: ['--build-only'],
    awaited: true,
    detached: ['--detach'],
  }),
  // https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/eb3-deploy.html
  ...named(['eb'], {
    verbs: ['deploy'],
    flags: ['--staged', '-v'],
    named: true,
    awaited: true,
    detached: ['--nohang'],
  }),
  // https://developer.hashicorp.com/nomad/docs/commands/job/run
  ...named(['nomad'], {
    verbs: ['job run', 'run'],
    flags: ['-verbose', '-hcl1'],
    named: true,
    namespace: ['-namespace'],
    dry: ['-output'],
    awaited: true,
    detached: ['-detach'],
  }),
  // https://kamal-deploy.org/docs/commands/deploy/
  ...named(['kamal'], {
    verbs: ['deploy', 'redeploy'],
    flags: ['--skip-push', '-P', '-v', '--verbose', '-q', '--quiet', '--skip-hooks', '-H'],
    environment: ['-d', '--destination'],
    awaited: true,
  }),
  // https://werf.io/docs/latest/reference/cli/werf_converge.html
  ...named(['werf'], {
    verbs: ['converge', 'bundle apply'],
    flags: ['--dev', '--follow', '--require-built-images', '-Z', '--skip-build'],
    environment: ['--env'],
    namespace: ['--namespace'],
    name: ['--release'],
    awaited: true,
  }),
  // https://carvel.dev/kapp/docs/latest/apply/
  ...named(['kapp'], {
    verbs: ['deploy'],
    flags: ['-y', '--yes', '-c', '--diff-changes'],
    name: ['-a', '--app'],
    namespace: ['-n', '--namespace'],
    dry: ['--diff-run'],
    awaited: true,
  }),
  // https://kluctl.io/docs/kluctl/commands/deploy/
  ...named(['kluctl'], {
    verbs: ['deploy'],
    flags: ['-y', '--yes', '--prune', '--force-apply', '--no-obfuscate'],
    environment: ['-t', '--target'],
    dry: ['--dry-run'],
    awaited: true,
    detached: ['--no-wait'],
  }),
  // https://developers.cloudflare.com/workers/wrangler/commands/#deploy
  ...named(['wrangler'], {
    verbs: ['deploy', 'publish'],
    flags: ['--minify', '--keep-vars', '--no-bundle'],
    environment: ['-e', '--env'],
    dry: ['--dry-run'],
    awaited: true,
  }),
  // https://firebase.google.com/docs/cli#deployment
  ...named(['firebase'], {
    verbs: ['deploy'],
    flags: ['-f', '--force', '--non-interactive', '--debug', '-j', '--json'],
    name: ['--only'],
    environment: ['-P', '--project'],
    dry: ['--dry-run'],
    awaited: true,
  }),
  // https://cli.cloudfoundry.org/en-US/v8/push.html
  ...named(['cf'], {
    verbs: ['push'],
    flags: ['--no-start', '--no-route', '--no-manifest'],
    named: true,
    awaited: true,
  }),
};

function named(names: readonly string[], how: Deployer): Readonly<Record<string, Program>> {
  const program = deployer(how);
  return Object.fromEntries(names.map((name) => [name, program]));
}
