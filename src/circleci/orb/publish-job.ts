import { directory } from '../../commands/parameters.js';
import { publishImage } from '../../commands/publish-image/declaration.js';
import type { Plain } from '../plain.js';
import { callersSteps, executorParameter, parametersOf, passOn, reference, stepsParameter } from './job-parts.js';

/** The orb's job that makes one image of the platforms' and tags it. */
export function publishJob(): Plain {
  const parameters = {
    ...parametersOf(publishImage),
    executor: executorParameter('node', 'resource_class: medium'),
    before_publish: stepsParameter(
      'Steps before the image gets its tag. When one fails, nothing is published. For example a scan.',
    ),
    after_publish: stepsParameter('Steps after the image has its tag. For example to sign it.'),
  };
  return {
    description: 'Join the images of the build jobs into one index and tag it with the commit SHA, once.',
    parameters,
    executor: reference('executor'),
    steps: [
      'install',
      { attach_workspace: { at: directory.default } },
      callersSteps('before_publish'),
      { publish_image: passOn(publishImage, Object.keys(parameters)) },
      callersSteps('after_publish'),
    ],
  };
}
