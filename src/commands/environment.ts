import type { ManualEntry } from '../manual/manual.js';
import type { Command } from './command.js';

/** What a command reads from the environment beside its own variables, by the parameter that makes it do so. */
const READ: Readonly<Record<string, readonly ManualEntry[]>> = {
  commit: [{ term: 'CIRCLE_SHA1', text: 'The commit, unless --commit names one.' }],
  rollback_to: [{ term: 'ROLLBACK_TO', text: 'The commit that may be gone back to, unless --rollback-to names one.' }],
  role: [
    {
      term: 'CIRCLE_OIDC_TOKEN_V2, CIRCLE_OIDC_TOKEN',
      text: 'The token of the job that --role is assumed with. CircleCI sets both.',
    },
    {
      term: 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN',
      text: 'AWS credentials, used where no role is given. With a role they are never used in its place.',
    },
    {
      term: 'AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL_EKS, AWS_ENDPOINT_URL_STS',
      text: 'Other endpoints than those of AWS.',
    },
  ],
  username: [
    {
      term: 'DOCKER_CONFIG',
      text: "Folder of Docker's config.json, for a registry without a role and --username. Default: ~/.docker.",
    },
  ],
  pointers: [{ term: 'CIRCLE_BRANCH, CIRCLE_TAG', text: 'The branch and the git tag that pointers are named for.' }],
  kubeconfig: [
    { term: 'KUBECONFIG', text: 'Paths of kubeconfigs, of which the first that exists is used without --kubeconfig.' },
  ],
};

/** The environment of a command. */
export function environmentOf(command: Command): readonly ManualEntry[] {
  return [
    { term: 'BUILD_ONCE_...', text: 'Any option, by the name in brackets behind it. A flag goes before it.' },
    ...Object.keys(command.parameters).flatMap((name) => READ[name] ?? []),
  ];
}
