import { jobNames } from '../job-names.js';
import type { Answers } from './answers.js';
import type { Facts, FoundService } from './detect.js';
import { type DraftEnvironment, draftEnvironments } from './draft-environment.js';
import { type DraftImage, draftImage } from './draft-image.js';
import { nameEnvironments } from './name-environments.js';
import { nameApplication, nameProject } from './name-project.js';
import { settleParts } from './settle.js';
import type { Question } from './value.js';
import { ownerOfJob, viewOf } from './view.js';

/** A spec before it is text. */
export interface Draft {
  /** The images, each with all that is known of its way: none, the only one, or services. */
  readonly parts: readonly DraftPart[];
  /** Jobs that every image waits for. */
  readonly tests: readonly string[];
  /** Set when the environments were not found but are the usual ones. */
  readonly environmentsGuessed: Question | undefined;
  /** Set when which services there are was not answered. */
  readonly servicesGuessed: Question | undefined;
}

/** One image and its way, as if it were the only one. */
export interface DraftPart {
  /** The service that it is; undefined: the only image. */
  readonly service: FoundService | undefined;
  /** What it calls itself where a person gives a value for it alone. */
  readonly name: string;
  readonly image: DraftImage;
  /** Jobs that test nothing but this image. */
  readonly tests: readonly string[];
  readonly environments: readonly DraftEnvironment[];
}

/** Makes a spec of what was found and of what was answered. */
export function makeDraft(facts: Facts, answers: Answers): Draft {
  const { services } = facts;
  const wanted = services.filter(({ name }) => answers.services?.includes(name) ?? true);
  const names = nameEnvironments(facts, answers);
  const jobs = (facts.config?.jobs ?? []).filter(({ test }) => test);
  const testsFor = (service: string | undefined) =>
    jobs.filter((job) => ownerOfJob(job, services) === service).map(({ name }) => name);
  const isOnly = wanted.length === 1;
  const several = wanted.map((service): DraftPart => {
    const { name } = service;
    const about = { name, application: isOnly ? name : nameProject(facts) };
    const part = draftPart(viewOf(facts, service), answers, about, names.list);
    return { service: isOnly ? undefined : service, name, ...part, tests: testsFor(name) };
  });
  const parts = services.length > 0 ? several : draftOnly(facts, answers, names.list);
  const draft: Draft = {
    parts: settleParts(parts, services),
    tests: testsFor(undefined),
    environmentsGuessed: parts.length === 0 ? undefined : names.question,
    servicesGuessed: services.length > 0 && answers.services === undefined ? askServices(services) : undefined,
  };
  // A job that has to give way to a generated one of its name cannot be named as a test.
  const generated = generatedJobNames(draft);
  const keep = (tests: readonly string[]) => tests.filter((name) => !generated.includes(name.toLowerCase()));
  return {
    ...draft,
    tests: keep(draft.tests),
    parts: draft.parts.map((part) => ({ ...part, tests: keep(part.tests) })),
  };
}

/** The image of a repository that has one. */
function draftOnly(facts: Facts, answers: Answers, environments: readonly string[]): readonly DraftPart[] {
  if (facts.dockerfiles.length === 0) return [];
  const name = nameApplication(facts);
  const part = draftPart(facts, answers, { name, application: name }, environments);
  return [{ service: undefined, name, ...part, tests: [] }];
}

/** What an image is called, and what contexts of its repository are. */
export interface About {
  readonly name: string;
  readonly application: string;
}

function draftPart(
  facts: Facts,
  answers: Answers,
  about: About,
  names: readonly string[],
): Pick<DraftPart, 'image' | 'environments'> {
  const image = draftImage(facts, answers, about);
  return { image, environments: draftEnvironments({ facts, answers, about, repository: image.repository }, names) };
}

function askServices(services: readonly FoundService[]): Question {
  const names = services.map(({ name }) => name).join();
  return { subject: 'services', text: `Services, of those that were found [${names}]` };
}

/** Every job that the spec of a draft names as a test. */
export function testsOf({ tests, parts }: Draft): readonly string[] {
  return [...tests, ...parts.flatMap((part) => part.tests)];
}

/** Names of jobs that gen-config makes for a draft, in lower case: no job of the base may have one. */
export function generatedJobNames({ parts }: Draft): readonly string[] {
  const all = parts.flatMap(({ service, image, environments }) => {
    const names = jobNames(service?.name);
    const builds = image.platforms.names.map(names.build);
    const ofEnvironments = environments.flatMap(({ name, approval }) => [
      names.deploy(name),
      ...(approval === undefined ? [] : [approval]),
    ]);
    return [names.publish, ...builds, ...ofEnvironments];
  });
  return [...new Set(all.map((name) => name.toLowerCase()))];
}
