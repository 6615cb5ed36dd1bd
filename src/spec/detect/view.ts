import { isForeignImage } from './base-images.js';
import type { KnownConfig, KnownJob } from './circleci.js';
import type { Facts, FoundService } from './detect.js';
import { repositoryOf, type Workload } from './manifests.js';
import { nameProject } from './name-project.js';
import { chooseNamed, isNamed } from './named-for.js';
import { isBelow, nameOf } from './repository.js';
import type { Service } from './services.js';

/**
 * The facts as one of several services sees them: without what is another one's. Manifests, charts, repositories and
 * migrations have to be its own; contexts, roles and clusters that speak of no service are everybody's.
 */
export function viewOf(facts: Facts, service: Service): Facts {
  const { services, manifests, config } = facts;
  const owner = makeOwner(services);
  const { name } = service;
  const project = nameProject(facts);
  /** What is named for the whole repository is everybody's, even where a service is called so. */
  const ofShared = (text: string) => {
    const found = owner.ofName(text);
    return found === project ? undefined : found;
  };
  const isOwn = (found: string | undefined) => found === name;
  const isOpen = (found: string | undefined) => found === undefined || found === name;
  /** What speaks of the service itself stands before what speaks of none. */
  const open = <T>(items: readonly T[], of: (item: T) => string | undefined): readonly T[] =>
    items.filter((item) => isOpen(of(item))).sort((a, b) => Number(isOwn(of(b))) - Number(isOwn(of(a))));
  return {
    ...facts,
    dockerfiles: [service.dockerfile],
    manifests: {
      ...manifests,
      workloads: manifests.workloads.filter((one) => isOwn(owner.ofWorkload(one))),
      overlays: open(manifests.overlays, ({ at }) => owner.ofPath(at.file)).map((overlay) => ({
        ...overlay,
        images: new Map([...overlay.images].filter(([, image]) => isOwn(owner.ofName(nameOf(image))))),
      })),
    },
    charts: facts.charts.flatMap((chart) => {
      const whole = owner.ofPath(chart.at.file) ?? owner.ofName(chart.name);
      if (isOwn(whole)) return [chart];
      const images = chart.images.filter((image) => isOwn(owner.ofName(nameOf(image.name))));
      const workloads = chart.workloads.filter((workload) => isOwn(owner.ofName(workload.name)));
      return whole === undefined && images.length + workloads.length > 0 ? [{ ...chart, images, workloads }] : [];
    }),
    taskDefinitions: facts.taskDefinitions.filter(({ family }) => isOwn(owner.ofName(family))),
    registries: facts.registries.filter(({ text }) => isOwn(owner.ofName(nameOf(text)))),
    roles: open(facts.roles, ({ text }) => ofShared(text.slice(text.indexOf('/')))),
    migrations: facts.migrations.flatMap((migration) => {
      const { tool, folder, caution } = migration;
      const home = owner.ofFolder(folder);
      const user = ofPaths(folder, services);
      if (!isOwn(home ?? user ?? owner.ofTop)) return [];
      const why = `${tool} is in ${folder}; its command has to be in the image`;
      return home === undefined && isOwn(user) ? [{ ...migration, caution: caution ?? why }] : [migration];
    }),
    config: config === undefined ? undefined : narrow(config, open, ofShared),
  };
}

type Open = <T>(items: readonly T[], of: (item: T) => string | undefined) => readonly T[];

function narrow(config: KnownConfig, open: Open, ofName: (text: string) => string | undefined): KnownConfig {
  const contexts = open(config.contexts, ({ job }) => ofName(job)).map((one) => ({
    ...one,
    names: open(one.names, ofName),
  }));
  return { ...config, contexts, clusters: open(config.clusters, ({ job, cluster }) => ofName(job) ?? ofName(cluster)) };
}

/** The only service that a folder is one of the paths of. */
function ofPaths(folder: string, services: readonly FoundService[]): string | undefined {
  const users = services.filter(({ paths }) => paths.list?.some((path) => path !== '.' && isBelow(folder, path)));
  return users.length === 1 ? users[0]?.name : undefined;
}

/** The service that a job which tests is of: by its name, or since it is in the folder of one and no other. */
export function ownerOfJob({ name, words }: KnownJob, services: readonly Service[]): string | undefined {
  const named = makeOwner(services).ofName(name);
  if (named !== undefined) return named;
  const inFolder = services.filter(
    ({ folder }) => folder !== '.' && words.some((word) => word.split(/[\s"'=;]+/).some((part) => leads(part, folder))),
  );
  return inFolder.length === 1 ? inFolder[0]?.name : undefined;
}

/** Whether a word of a command is the path of a folder, or of something in it. */
function leads(word: string, folder: string): boolean {
  return isBelow(word.replace(/^(\.\/|~\/project\/)/, '').replace(/\/$/, ''), folder);
}

/** Tells the service that something is of; undefined: of none, or of more than one. */
function makeOwner(services: readonly Service[]) {
  const names = services.map(({ name }) => name);
  const ofName = (text: string) => chooseNamed(text, names);
  const ofFolder = (path: string) =>
    services
      .filter(({ folder }) => folder !== '.' && isBelow(path, folder))
      .sort((a, b) => b.folder.length - a.folder.length)[0]?.name;
  /** `services/api/k8s/web.yaml` and `k8s/api/web.yaml` are of `api`. */
  const ofPath = (path: string) => {
    const inFolder = ofFolder(path);
    if (inFolder !== undefined) return inFolder;
    const folders = path.split('/').slice(0, -1);
    return names.find((name) => folders.some((folder) => isNamed(folder, name)));
  };
  const ofImages = (images: readonly string[]) =>
    images
      .filter((image) => !isForeignImage(image))
      .map((image) => ofName(nameOf(repositoryOf(image) ?? image).replace(/[:@].*/, '')))
      .find((found) => found !== undefined);
  const ofWorkload = ({ at, images, name }: Workload) =>
    ofFolder(at.file) ?? ofImages(images) ?? ofPath(at.file) ?? ofName(name);
  return { ofName, ofFolder, ofPath, ofWorkload, ofTop: services.find(({ folder }) => folder === '.')?.name };
}
