import { parameters } from '../../commands/continue-pipeline/declaration.js';
import type { Delivery, Service } from '../../delivery/delivery.js';
import { CONTAINER_CLASS, NODE_IMAGE } from '../machines.js';
import type { Release } from '../orb/commands.js';
import { checkout, dockerJob, makeWorkflow, type OrbAlias, restoreCache, saveCache } from '../sdk.js';
import type { BaseParts } from './config.js';
import { CONTINUE_FILE } from './files.js';
import { type CommentedJob, callInstall, listJson, makeCheck, quoteJson } from './jobs.js';
import { addOrbs, makeOrbAlias } from './orb-section.js';
import { RUN_ALL, setupParameters } from './parameters.js';
import { type Section, section, theirEntries } from './render.js';
import { type CommentedWorkflow, tagCondition } from './workflows.js';

const JOB = 'continue-pipeline';

/**
 * The sections of the setup config of a monorepo: one job finds out which services have changed, and continues the
 * pipeline with the other config (guide "Dynamic configuration overview").
 */
export function makeSetup(delivery: Delivery, base: BaseParts | undefined, release: Release): readonly Section[] {
  const { checkJob } = delivery;
  const checks = checkJob === undefined ? [] : [makeCheck(checkJob, release)];
  const jobs = [...checks, makeContinue(delivery, makeOrbAlias())];
  const { name, comment, workflow } = makeSetupWorkflow(delivery);
  const sections = [
    // Parameters of the base are given when a pipeline is triggered, and CircleCI hands them on.
    ...section('parameters', [...setupParameters, ...theirEntries(base?.parts['parameters'], base?.file)]),
    ...section(
      'jobs',
      jobs.map((one) => ({ key: one.name, comment: one.comment, value: one.job })),
    ),
    ...section('workflows', [{ key: name, comment, value: workflow }]),
  ];
  return [
    { key: 'version', value: 2.1 },
    { key: 'setup', value: true },
    ...addOrbs(sections, { delivery, jobs, theirs: [], release }),
  ];
}

/** Of a branch, whose name can be no folder of another one's; the newest is restored (guide "Caching dependencies"). */
const CACHE = 'build-once-continued/{{ .Branch }}/';

function makeContinue({ services, install }: Delivery, orb: OrbAlias): CommentedJob {
  const steps = [
    checkout(),
    callInstall(install, orb),
    restoreCache(CACHE),
    orb.call('continue_pipeline', {
      configuration_path: CONTINUE_FILE,
      services: listJson(Object.fromEntries(services.map(({ name, paths }) => [name, paths]))),
      branches: quoteJson(branchesOf(services)),
      base_revision: '<< pipeline.git.base_revision >>',
      run_all: `<< pipeline.parameters.${RUN_ALL} >>`,
    }),
    saveCache(`${CACHE}{{ epoch }}`, [parameters.record.default]),
  ];
  const comment = `Finds out which services have changed, and continues the pipeline with ${CONTINUE_FILE} for them.`;
  return { name: JOB, comment, job: dockerJob(JOB, NODE_IMAGE, CONTAINER_CLASS, steps) };
}

/** The branches that are deployed from. */
function branchesOf(services: readonly Service[]): readonly string[] {
  const events = services.flatMap(({ flows }) => flows.map(({ event }) => event));
  return [...new Set(events.flatMap((event) => (event.kind === 'branch' ? [event.branch] : [])))];
}

function makeSetupWorkflow({ services, checkJob }: Delivery): CommentedWorkflow {
  const tags = new Set(
    services.flatMap(({ flows }) => flows.flatMap(({ event }) => (event.kind === 'tag' ? [tagCondition(event)] : []))),
  );
  // CircleCI runs a job for a git tag only when the job itself has a filter that lets the tag through.
  const filters = tags.size === 0 ? {} : { filters: ['pipeline.git.branch != ""', ...tags].join(' or ') };
  const checks = checkJob === undefined ? [] : [checkJob];
  const workflow = makeWorkflow('setup', undefined, [
    ...checks.map((name) => ({ name, kind: 'job' as const, ...filters })),
    { name: JOB, kind: 'job', requires: checks, ...filters },
  ]);
  return { name: 'setup', comment: 'Every push: only what has changed goes on.', workflow };
}
