import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { quote } from '../diagnostic/quote.js';
import { parseReference } from '../reference.js';
import { isMapping, type Mapping, mappingOf } from '../yaml/mapping.js';
import type { Path, Yaml } from '../yaml/parse.js';
import type { Base } from './base.js';
import { checkBaseJobs } from './base-jobs.js';
import { checkContexts } from './contexts.js';
import { withDefaults } from './defaults.js';
import { checkEnvironments, type Environment } from './environments.js';
import { checkImage } from './image.js';
import { checkNames } from './names.js';
import { makeReport, type Report } from './report.js';
import { schema } from './schema.js';
import { strings } from './strings.js';
import { findUnsafe } from './texts.js';

/**
 * Checks what a schema cannot say: names that must exist, cycles, collisions. Works on the raw value, and skips what has
 * not the right shape, so that all problems of a spec are found in one go.
 * @param base what `.circleci/base.yml` holds; undefined when there is no such file
 */
export function checkMeaning(yaml: Yaml, base: Base | undefined): readonly Diagnostic[] {
  if (!isMapping(yaml.value)) return [];
  const spec = yaml.value;
  const problems: Diagnostic[] = [];
  const report = makeReport(yaml, problems);
  const written = Object.entries(mappingOf(spec['environments'])).map(([name, value]) => ({
    name,
    isMapping: isMapping(value),
    value: mappingOf(value),
  }));
  const defaults = mappingOf(spec['defaults']);
  const environments = written.map((one) => ({ ...one, value: withDefaults(one.value, defaults) }));
  checkWhole(spec, report);
  checkTexts(spec, written, report);
  checkRepository(spec, report);
  checkImage(mappingOf(spec['image']), report);
  checkBaseJobs(spec, environments, base, report);
  checkContexts(spec, environments, report);
  checkMarkers(spec, report);
  checkEnvironments(environments, report, yaml);
  checkNames(spec, environments, base, report, yaml);
  return problems;
}

/** What is missing in the whole is told only when its parts are what they seem: a misspelt part is one mistake. */
function checkWhole(spec: Mapping, report: Report): void {
  if (Object.keys(spec).some((key) => !Object.hasOwn(schema.properties, key))) return;
  const { image, environments, test, check } = spec;
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

function checkRepository(spec: Mapping, report: Report): void {
  const repository = mappingOf(spec['image'])['repository'];
  if (typeof repository !== 'string') return;
  const path = ['image', 'repository'];
  const reference = parseReference(repository);
  if (reference === undefined) {
    report('wrong-repository', path, `${quote(repository)} is not a valid repository`, {
      help: 'expected HOST/PATH, the path in lower case, for example 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop',
    });
  } else if (reference.tag !== undefined || reference.digest !== undefined) {
    const found = reference.tag === undefined ? 'a digest' : `the tag "${reference.tag}"`;
    const [named = ''] = repository.split('@');
    const bare = reference.tag === undefined ? named : named.slice(0, -reference.tag.length - 1);
    report('wrong-repository', path, `${quote(repository)} has ${found}. expected a repository without one`, {
      help: `write ${bare}: the tag is made from the commit`,
    });
  }
}

/** Texts that go into the config as they are. */
function checkTexts(spec: Mapping, environments: readonly Environment[], report: Report): void {
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
  check(spec['image'], ['image'], ['context', 'dockerfile', 'path']);
  check(mappingOf(spec['image'])['build'], ['image', 'build'], ['target']);
  check(spec['defaults'], ['defaults'], ['context']);
  for (const { name, value } of environments) {
    check(value, ['environments', name], ['branch', 'tag', 'context', 'approvers']);
    for (const key of ['before_deploy', 'after_deploy']) {
      const hooks = value[key];
      if (Array.isArray(hooks))
        hooks.forEach((hook, index) => {
          check(hook, ['environments', name, key, index], ['context']);
        });
    }
  }
}

function checkMarkers(spec: Mapping, report: Report): void {
  if (spec['deploy_markers'] !== true || spec['component'] !== undefined) return;
  report('component', ['deploy_markers'], 'there are to be deploy markers, but no "component" that they are of', {
    help: 'add "component" with the name that the deploys page of CircleCI shows',
  });
}
