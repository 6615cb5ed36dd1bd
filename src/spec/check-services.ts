import { quote } from '../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import { checkClashes } from './clashes.js';
import type { CheckedPart } from './names.js';
import { adviseOnPath, normalPath } from './paths.js';
import { type Report, relatedTo } from './report.js';
import { exampleOf } from './shape.js';
import { strings } from './strings.js';
import { testsOf } from './tests.js';

/** Checks what each service needs, and that no two of them are in each other's way. */
export function checkServices(spec: Mapping, parts: readonly CheckedPart[], report: Report): void {
  const services = mappingOf(spec['services']);
  if (isMapping(spec['services']) && Object.keys(services).length === 0) {
    report('nothing-to-do', ['services'], 'there are no services, so there is nothing to do', { key: true });
  }
  if (spec['component'] !== undefined) {
    report('component', ['component'], 'a component is of one service', {
      key: true,
      help: 'move it into the service',
    });
  }
  if (mappingOf(spec['image'])['repository'] !== undefined) {
    report('same-repository', ['image', 'repository'], 'every service needs a repository of its own', {
      key: true,
      help: 'move it into the service: the image of a commit is found by its tag, which is there once',
    });
  }
  for (const [name, service] of Object.entries(services)) {
    if (isMapping(service)) checkService(name, service, mappingOf(spec['environments']), report);
  }
  for (const part of parts) checkOwn(part);
  checkRepositories(parts);
  checkClashes(parts, report);
}

function checkService(name: string, service: Mapping, shared: Mapping, report: Report): void {
  const at = ['services', name];
  const { image, paths, test, environments } = service;
  const missing = (key: string, path: Path, what: string) => {
    const help = exampleOf([...at, ...path], key);
    const message = `missing key "${key}" in "${path.at(-1) ?? name}": ${what}`;
    report('missing-key', [...at, ...path], message, help === undefined ? {} : { help });
  };
  if (image === undefined && (testsOf(test).length === 0 || environments !== undefined)) {
    missing('image', [], 'a service without one has "test", and no environments');
  }
  if (isMapping(image) && image['repository'] === undefined)
    missing('repository', ['image'], 'each service has its own');
  if (paths === undefined && mappingOf(image)['path'] === undefined) {
    missing('paths', [], 'the files and folders that it is made of; "." for all');
  }
  strings(paths).forEach((path, index) => {
    if (normalPath(path) !== undefined) return;
    const item = Array.isArray(paths) ? [index] : [];
    report('wrong-path', [...at, 'paths', ...item], `${quote(path)} is not a path in the repository`, {
      help: adviseOnPath(path, 'libs/common'),
    });
  });
  for (const [environment, value] of Object.entries(mappingOf(environments))) {
    const place = [...at, 'environments', environment];
    if (value === true) {
      report('wrong-value', place, `${quote(environment)} is true, expected a mapping, or false for none`);
    } else if (value === false && own(shared, environment) === undefined) {
      report('unknown-environment', place, `there is no environment ${quote(environment)} to do without`, {
        key: true,
      });
    }
  }
}

/** What a service has when the top level is taken into account. */
function checkOwn({ service, spec, environments, report }: CheckedPart): void {
  if (spec['image'] === undefined || environments.length > 0) return;
  report('no-environment', ['image'], `there is an image of "${service}", but no environment to deploy it to`, {
    key: true,
    help: 'add "environments", to the service or for all of them',
  });
}

/** The image of a commit has the commit's SHA for its tag, so each service needs repositories of its own. */
function checkRepositories(parts: readonly CheckedPart[]): void {
  const owners = new Map<string, { readonly part: CheckedPart; readonly path: Path }>();
  for (const part of parts) {
    const { service, spec, environments, places, report } = part;
    const path = ['image', 'repository'];
    const own =
      places.value(path).shared === true ? [] : [{ path, repository: mappingOf(spec['image'])['repository'] }];
    const others = environments.map(({ name, value }) => ({
      path: ['environments', name, ...path],
      repository: mappingOf(value['image'])['repository'],
    }));
    for (const { path, repository } of [...own, ...others]) {
      if (typeof repository !== 'string') continue;
      const owner = owners.get(repository);
      if (owner === undefined) owners.set(repository, { part, path });
      if (owner === undefined || owner.part === part) continue;
      const { places: theirs, service: other } = owner.part;
      const message = `"${service}" and "${other}" have the same repository ${quote(repository)}`;
      report('same-repository', path, message, {
        help: 'give each a repository of its own: the image of a commit is found by its tag, which is there once',
        related: [relatedTo(`"${other}" is here`, theirs.value(owner.path))],
      });
    }
  }
}
