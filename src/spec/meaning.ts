import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { quote } from '../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf } from '../yaml/mapping.js';
import type { Path } from '../yaml/parse.js';
import type { Base } from './base.js';
import { checkBaseJobs } from './base-jobs.js';
import { checkServices } from './check-services.js';
import { checkContexts } from './contexts.js';
import { withDefaults } from './defaults.js';
import { checkEnvironments, reportMissing } from './environments.js';
import { checkImage } from './image.js';
import { type CheckedPart, checkNames } from './names.js';
import { checkPointers } from './pointers.js';
import { checkRegistries } from './registries.js';
import { makeReport, type Report } from './report.js';
import { schema } from './schema.js';
import type { SpecTree } from './service-files.js';
import { ServiceProblems } from './service-problems.js';
import { partsOf } from './services.js';
import { strings } from './strings.js';
import { checkTests, testsOf } from './tests.js';
import { findUnsafe } from './texts.js';

/**
 * Checks what a schema cannot say: names that must exist, cycles, collisions. Works on the raw value, and skips what has
 * not the right shape, so that all problems of a spec are found in one go.
 * @param base what `.circleci/base.yml` holds; undefined when there is no such file
 */
export function checkMeaning(tree: SpecTree, base: Base | undefined): readonly Diagnostic[] {
  if (!isMapping(tree.value)) return [];
  const problems: Diagnostic[] = [];
  const report = makeReport(tree.places, (problem) => problems.push(problem));
  const raw = partsOf(tree);
  const ofServices = new ServiceProblems(raw.length);
  const parts = raw.map((part): CheckedPart => {
    const { service, spec, places } = part;
    const own = service === undefined ? report : makeReport(places, (...found) => ofServices.add(service, ...found));
    const defaults = mappingOf(spec['defaults']);
    const environments = Object.entries(mappingOf(spec['environments'])).map(([name, value]) => {
      return { name, isMapping: isMapping(value), value: withDefaults(mappingOf(value), defaults) };
    });
    return { ...part, environments, report: own };
  });
  if (tree.value['services'] === undefined) checkWhole(tree.value, report);
  else checkServices(tree.value, parts, report);
  for (const part of parts) {
    checkTexts(part);
    checkRegistries(part);
    checkImage(mappingOf(part.spec['image']), part.report);
    checkPointers(part);
    checkTests(part);
    checkBaseJobs(part, base);
    checkMarkers(part);
    checkEnvironments(part.environments, part.report, part.places);
  }
  checkContexts(parts);
  checkNames(parts, base, report);
  return [...problems, ...ofServices.tell()];
}

/** What is missing in the whole is told only when its parts are what they seem: a misspelt part is one mistake. */
function checkWhole(spec: Mapping, report: Report): void {
  const { image, environments, test, check } = spec;
  if (isMapping(image)) {
    if (image['repository'] === undefined) reportMissing('repository', image, ['image'], report);
  }
  if (Object.keys(spec).some((key) => !Object.hasOwn(schema.properties, key))) return;
  if (environments !== undefined && !isMapping(environments)) return;
  const hasEnvironments = Object.keys(mappingOf(environments)).length > 0;
  if (image !== undefined && !hasEnvironments) {
    report('no-environment', ['image'], 'there is an image, but no environment to deploy it to', {
      key: true,
      help: 'add "environments" with at least one that follows a branch',
    });
  }
  if (image === undefined && hasEnvironments) {
    report('no-image', ['environments'], 'there are environments, but no "image" to deploy', {
      key: true,
      help: 'add "image" with its "repository"',
    });
  }
  const hasTest = typeof test === 'string' || (Array.isArray(test) ? test.length > 0 : test !== undefined);
  if (image === undefined && !hasEnvironments && !hasTest && check !== true) {
    report('nothing-to-do', [], 'there is no "image" and no "test", so there is nothing to do', { key: true });
  }
}

/** Texts that go into the config as they are. */
function checkTexts({ spec, report }: CheckedPart): void {
  const check = (owner: unknown, path: Path, keys: readonly string[]) => {
    for (const key of keys) {
      const value = mappingOf(owner)[key];
      strings(value).forEach((text, index) => {
        const at = [...path, key, ...(Array.isArray(value) ? [index] : [])];
        const unsafe = findUnsafe(text);
        if (unsafe === 'parameter') {
          report('wrong-text', at, `${quote(text)} has "<<", which CircleCI takes for the start of a parameter`);
        } else if (unsafe === 'unseen') {
          report('wrong-text', at, `${quote(text)} has a line end or another control character`);
        }
      });
    }
  };
  const checkPaths = (environment: unknown, path: Path) => {
    check(mappingOf(environment)['kubernetes'], [...path, 'kubernetes'], ['manifests']);
    check(mappingOf(environment)['migration'], [...path, 'migration'], ['manifest']);
  };
  check(spec['image'], ['image'], ['context', 'dockerfile', 'path']);
  check(mappingOf(spec['image'])['build'], ['image', 'build'], ['target']);
  check(spec['defaults'], ['defaults'], ['context']);
  checkPaths(spec['defaults'], ['defaults']);
  for (const { at, value } of testsOf(spec['test'])) check(value, at, ['context']);
  for (const [name, environment] of Object.entries(mappingOf(spec['environments']))) {
    check(environment, ['environments', name], ['branch', 'tag', 'context', 'approvers']);
    checkPaths(environment, ['environments', name]);
    for (const key of ['before_deploy', 'after_deploy']) {
      const hooks = mappingOf(environment)[key];
      if (Array.isArray(hooks))
        hooks.forEach((hook, index) => {
          check(hook, ['environments', name, key, index], ['context']);
        });
    }
  }
}

function checkMarkers({ service, spec, report }: CheckedPart): void {
  if (service !== undefined || spec['deploy_markers'] !== true || spec['component'] !== undefined) return;
  report('component', ['deploy_markers'], 'there are to be deploy markers, but no "component" that they are of', {
    help: 'add "component" with the name that the deploys page of CircleCI shows',
  });
}
