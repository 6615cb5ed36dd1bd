import { command, type Parameters } from '../command.js';
import { commit, directory, dryRun, repository, role } from '../parameters.js';

/** On their own, so that the code that `run` loads can name their type without a circle. */
export const parameters = {
  repository,
  platform: { type: 'string', description: 'Platform to build for.', example: 'linux/amd64' },
  context: { type: 'string', description: 'Folder that the build may read.', default: '.' },
  dockerfile: { type: 'string', description: 'Path of the Dockerfile.', default: 'Dockerfile' },
  target: { type: 'string', description: 'Stage of the Dockerfile to build. Empty: the last.', default: '' },
  builder: { type: 'string', description: 'Name of a buildx builder. Empty: the current one.', default: '' },
  commit,
  role,
  directory,
  dry_run: dryRun,
} as const satisfies Parameters;

export const buildImage = command({
  name: 'build_image',
  summary: "Build the commit's image for one platform and push it by digest.",
  description:
    'Builds with docker buildx on a machine of that very platform and pushes the image without a tag, so nothing can be deployed before every platform is there. Writes its digest for publish_image. Does nothing when the commit already has a published image: a job that is run again never makes a second image of a commit.',
  parameters,
  run: () => import('./run.js'),
});
