import type { Delivery } from '../../delivery/delivery.js';
import type { Release } from '../orb/commands.js';
import type { Plain } from '../plain.js';
import { makeCheck, makeJobs } from './jobs.js';
import { addOrbs, makeOrbAlias } from './orb-section.js';
import { continueParameters } from './parameters.js';
import { type Entry, type Section, section, theirEntries } from './render.js';
import { makeWorkflows } from './workflows.js';

/** What the project's own `.circleci/base.yml` adds. */
export interface BaseParts {
  readonly file: string;
  readonly jobs: Plain;
  readonly parts: Readonly<Record<string, Plain>>;
  readonly workflows: Plain;
}

/** The sections of the config that builds and deploys, in their order in the file. */
export function makeConfig(delivery: Delivery, base: BaseParts | undefined, release: Release): readonly Section[] {
  const { services, install } = delivery;
  // In a monorepo it is the setup config that checks, before anything of this one runs.
  const checkJob = services.length === 0 ? delivery.checkJob : undefined;
  const orb = makeOrbAlias();
  const jobs = [
    ...(checkJob === undefined ? [] : [makeCheck(checkJob, release)]),
    ...[delivery, ...services].flatMap((part) => makeJobs(part, install, orb)),
  ];
  const workflows = [
    ...makeWorkflows(delivery, { service: undefined, checkJob }),
    ...services.flatMap((service) => makeWorkflows(service, { service: service.name, checkJob: undefined })),
  ];
  const theirs = (key: string): readonly Entry[] => theirEntries(base?.parts[key], base?.file);
  const sections = [
    ...section('parameters', [...(services.length === 0 ? [] : continueParameters(services)), ...theirs('parameters')]),
    ...section('executors', theirs('executors')),
    ...section('commands', theirs('commands')),
    ...section('jobs', [
      ...theirEntries(base?.jobs, base?.file),
      ...jobs.map(({ name, comment, job }) => ({ key: name, comment, value: job })),
    ]),
    ...section('workflows', [
      ...workflows.map(({ name, comment, workflow }) => ({ key: name, comment, value: workflow })),
      ...theirEntries(base?.workflows, base?.file),
    ]),
  ];
  return [{ key: 'version', value: 2.1 }, ...addOrbs(sections, { delivery, jobs, theirs: theirs('orbs'), release })];
}
