import { EVERY_SERVICE, serviceParameter } from '../../commands/continue-pipeline/declaration.js';
import type { Service } from '../../delivery/delivery.js';
import type { Entry } from './render.js';

/** The pipeline parameter by which a person makes every service run. */
export const RUN_ALL = 'run-all';

const off = { type: 'boolean', default: false };

/** Of the setup config. CircleCI demands that the other config declares it too. */
export const setupParameters: readonly Entry[] = [
  { key: RUN_ALL, value: off, comment: 'True when a pipeline is triggered by hand: every service runs.' },
];

/** Of the config that the pipeline goes on with. */
export function continueParameters(services: readonly Service[]): readonly Entry[] {
  const comment = 'What the setup config has found: all, or those whose files have changed.';
  return [
    { key: RUN_ALL, value: off, comment: 'Of the setup config, which heeds it; CircleCI wants it here as well.' },
    { key: EVERY_SERVICE, value: off, comment },
    ...services.map(({ name }) => ({ key: serviceParameter(name), value: off })),
  ];
}

/** The condition that a service runs, as part of an expression. */
export function conditionOf(service: string): string {
  return `(pipeline.parameters.${EVERY_SERVICE} or pipeline.parameters.${serviceParameter(service)})`;
}
