import { findRepositories } from './choose-repository.js';
import type { Facts } from './detect.js';
import { type Dockerfile, isTooling } from './dockerfiles.js';
import { isEnvironmentName } from './environments.js';
import { nameProject } from './name-project.js';
import { chooseNamed } from './named-for.js';
import { folderOf, isBelow, nameOf, type Repository } from './repository.js';

/** One of several images of a repository. */
export interface Service {
  readonly name: string;
  /** Where its source is; `.` for the top. */
  readonly folder: string;
  readonly dockerfile: Dockerfile;
}

/** What services are told by. */
type ServiceSigns = Pick<
  Facts,
  'repository' | 'git' | 'dockerfiles' | 'manifests' | 'charts' | 'taskDefinitions' | 'registries'
>;

/** A Dockerfile that may be a service's. */
interface Candidate extends Service {
  /** Its folder is one for services, or something deploys an image of its name. */
  readonly evident: boolean;
}

const HOMES = /(^|\/)(services?|apps?|packages|microservices|cmd|backends?|functions|projects|components|modules|src)$/;
/** Folders that hold what is built with, and no source. */
const BUILDING = /^(docker|dockerfiles|build|deploy|deployments?|infra|infrastructure|ops|ci|config|containers?)$/;
/** Folders whose Dockerfiles are nobody's service. */
const ASIDE =
  /(^|\/)(fixtures?|testdata|__tests__|samples?|templates?|scaffolds?|boilerplates?|hack|tools?|bench)(\/|$)/i;

/**
 * The services of a repository: its Dockerfiles, where several of them are evidently of images that are deployed.
 * @returns none where there is one image, or none
 */
export function findServices(facts: ServiceSigns): readonly Service[] {
  const { repository, dockerfiles } = facts;
  const named = namesOfImages(facts);
  const own = dockerfiles.filter(({ path }) => !isTooling(path) && !ASIDE.test(path));
  const candidates = own.flatMap((dockerfile): readonly Candidate[] => {
    const { path } = dockerfile;
    const suffix = nameOfVariant(path);
    const folder = folderOf(path);
    if (suffix === undefined && folder === '.') return [];
    // Beside a plain Dockerfile, or named for an environment, it is another way to build the same image.
    const plain = suffix !== undefined && own.some((one) => folderOf(one.path) === folder && isPlain(one.path));
    const place = suffix === undefined ? placeOf(folder) : { name: suffix, home: undefined };
    const name = cleanName(place.name);
    if (name === undefined || isEnvironmentName(name)) return [];
    const deployed = named.some((text) => chooseNamed(text, [name]) !== undefined);
    if (plain && !deployed) return [];
    const home = place.home ?? findHome(name, repository);
    const likely = home !== '.' && !home.includes('/') && !BUILDING.test(home);
    const evident = deployed || HOMES.test(folderOf(home));
    return evident || likely ? [{ name, folder: home, dockerfile, evident }] : [];
  });
  const top = own.find(({ path }) => folderOf(path) === '.' && isPlain(path));
  const chosen = top === undefined ? candidates : candidates.filter(({ evident }) => evident);
  const project = cleanName(nameProject(facts));
  const all = top === undefined || project === undefined ? chosen : [topService(project, top), ...chosen];
  const distinct = giveNames(all);
  return distinct.length < 2 ? [] : distinct;
}

const topService = (name: string, dockerfile: Dockerfile): Service => ({ name, folder: '.', dockerfile });

/** Last parts of the names of what is deployed. */
function namesOfImages(facts: ServiceSigns): readonly string[] {
  return findRepositories(facts).map(({ text }) => nameOf(text));
}

function isPlain(path: string): boolean {
  return /^(Dockerfile|Containerfile)$/.test(nameOf(path));
}

/** `api` of `Dockerfile.api` and `api.Dockerfile`; undefined for a plain one. */
function nameOfVariant(path: string): string | undefined {
  const [, behind, before] = /^(?:(?:Dockerfile|Containerfile)\.(.+)|(.+)\.dockerfile)$/i.exec(nameOf(path)) ?? [];
  return behind ?? before;
}

/** A service is named for its folder; one that is built in `services/api/docker`, or in `docker/api`, is `api` too. */
function placeOf(folder: string): { readonly name: string; readonly home: string | undefined } {
  const parts = folder.split('/');
  while (parts.length > 1 && BUILDING.test(parts.at(-1) ?? '')) parts.pop();
  const name = parts.at(-1) ?? '';
  return { name, home: parts.slice(0, -1).some((part) => BUILDING.test(part)) ? undefined : parts.join('/') };
}

/** The folder of the source of a service whose Dockerfile is elsewhere. */
function findHome(name: string, { files }: Repository): string {
  const usual = [`services/${name}`, `apps/${name}`, `packages/${name}`, `cmd/${name}`, name, `src/${name}`];
  return usual.find((folder) => files.some((file) => isBelow(file, folder))) ?? '.';
}

/** A name as the spec has it; undefined where nothing is left of it. */
function cleanName(text: string): string | undefined {
  const clean = text.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-');
  return /[a-z].*/
    .exec(clean)?.[0]
    .slice(0, 40)
    .replace(/[-_]+$/, '');
}

/** Services of one name get their parent's folder before it; what has no name of its own then is left out. */
function giveNames(services: readonly Service[]): readonly Service[] {
  const taken = new Set<string>();
  return services.flatMap(({ name, folder, dockerfile }): readonly Service[] => {
    const longer = cleanName(`${nameOf(folderOf(folder))}-${name}`) ?? name;
    const free = [name, longer].find((one) => !taken.has(one));
    if (free === undefined) return [];
    taken.add(free);
    return [{ name: free, folder, dockerfile }];
  });
}
