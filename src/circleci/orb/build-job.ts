import { buildImage } from '../../commands/build-image/declaration.js';
import { directory } from '../../commands/parameters.js';
import type { Plain } from '../plain.js';
import { callersSteps, executorParameter, parametersOf, passOn, reference, stepsParameter } from './job-parts.js';

/** The orb's job that builds the image of one platform. */
export function buildJob(): Plain {
  // A job cannot have a parameter `context`: a workflow names the contexts of the job by it.
  const { context, ...others } = parametersOf(buildImage);
  const parameters = {
    ...others,
    path: context,
    executor: executorParameter('linux_amd64', 'resource_class: large'),
    before_build: stepsParameter('Steps after the checkout, before the image is built. For example to generate code.'),
    after_build: stepsParameter('Steps after the image is built and pushed by digest.'),
  };
  return {
    description: "Build the commit's image for one platform, on an executor of that platform, and push it by digest.",
    parameters,
    executor: reference('executor'),
    steps: [
      'checkout',
      'install',
      callersSteps('before_build'),
      { build_image: { ...passOn(buildImage, Object.keys(parameters)), context: reference('path') } },
      callersSteps('after_build'),
      { persist_to_workspace: { root: directory.default, paths: ['.'] } },
    ],
  };
}
