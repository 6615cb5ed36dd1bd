import type { Plain } from '../../plain.js';
import { approval, build, deploy, example, PUSH_ROLE, publish, REPOSITORY, roleOf } from './usage.js';

const RELEASE = 'pipeline.git.tag matches /^v[0-9]+\\.[0-9]+\\.[0-9]+$/';

/** CircleCI runs a job for a git tag only when the job itself has a filter that lets the tag through. */
function filtered(job: Plain): Plain {
  return Object.fromEntries(
    Object.entries(job).map(([name, values]) => [name, { ...(values as Plain), filters: RELEASE }]),
  );
}

/** A release by git tag. */
export const releaseAGitTag = example(
  'Build a git tag such as v1.4.2, point 1.4.2, 1.4 and 1 at the image, and deploy it after an approval. What is deployed is the digest of the commit; the pointers are for people.',
  {
    workflows: {
      release: {
        when: RELEASE,
        jobs: [
          build({ repository: REPOSITORY, role: PUSH_ROLE }),
          publish(['build'], { repository: REPOSITORY, pointers: 'git-tag,semver', role: PUSH_ROLE }),
          approval('request_prod', 'publish'),
          deploy('production', 'request_prod', {
            repository: REPOSITORY,
            role: roleOf('production'),
            eks: 'production',
            region: 'us-east-1',
            namespace: 'shop',
            workloads: 'deployment/web',
          }),
        ].map(filtered),
      },
    },
  },
);
