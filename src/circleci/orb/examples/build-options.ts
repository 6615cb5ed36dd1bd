import { build, cluster, deploy, example, onMain, PUSH_ROLE, publish, REPOSITORY } from './usage.js';

/** How an image is built. */
export const buildWithSecretsAndCache = example(
  'Build a stage of a Dockerfile in a folder, with code that a step of yours generates first, build arguments, a secret that is in no layer, layers kept in the registry, and a provenance in the index.',
  onMain([
    build({
      context: ['npm'],
      repository: REPOSITORY,
      path: 'services/shop',
      dockerfile: 'services/shop/Dockerfile',
      target: 'release',
      args: '{"NODE_ENV": "production"}',
      secrets: 'NPM_TOKEN',
      cache: 'registry',
      attestations: 'provenance',
      role: PUSH_ROLE,
      before_build: [{ run: { name: 'Generate the API client', command: './generate.sh' } }],
    }),
    publish(['build'], { repository: REPOSITORY, pointers: 'branch', role: PUSH_ROLE }),
    deploy('staging', 'publish', cluster('staging')),
  ]),
);
