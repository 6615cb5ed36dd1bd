import { quote } from '../../diagnostic/quote.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import { makeCompiler } from './compiler.js';
import { checkDeclarations, checkGroupNames } from './declarations.js';
import { enter } from './frame.js';
import { checkGraph } from './graph.js';
import { checkLimits } from './limits.js';
import type { Definition, Model, Orb } from './model.js';
import { pipelineEnvironment, readPipelineParameters } from './pipeline-environment.js';
import { inside, type Place, type Source } from './place.js';
import type { Problem, Report } from './problem.js';
import { definitionsIn, makeScope, orbsIn } from './scope.js';
import { substitute } from './substitute.js';
import { expandUnused } from './unused.js';
import { readWorkflows } from './workflows.js';

export interface CompileOptions {
  /** Pipeline values by whole names, `pipeline.git.branch`, parameters among them. What is not given is not known. */
  readonly values?: Mapping;
  /** Sources of orbs by reference, `circleci/node@7.1.0` or an address. */
  readonly orbs?: Readonly<Record<string, Source>>;
  /** Whether jobs, commands and steps that no workflow comes to are gone through for what is wrong in them. */
  readonly unused?: boolean;
}

/** Compiles a config as CircleCI does. Problems are collected; what has one is left out, or looked at in parts. */
export function compileConfig(source: Source, options: CompileOptions = {}): Model {
  const { top, parameters, scope, compiler, findings } = prepare(source, options);
  const definitions = [...definitionsIn(scope)];
  for (const definition of definitions) checkDeclarations(definition, compiler);
  checkGroupNames(scope, compiler);
  const workflows = readWorkflows(top, enter(scope, compiler), compiler);
  for (const workflow of workflows) checkGraph(workflow, compiler);
  checkLimits(top, workflows, compiler.report);
  if (options.unused === true) expandUnused(scope, source, compiler);
  const orbs = [...orbsIn(scope)];
  for (const orb of orbs.filter((one) =>
    definitions.some((definition) => findings.used.has(definition) && isOf(definition, one)),
  )) {
    compiler.use(orb);
  }
  return { source, orbs, parameters, definitions, workflows, ...findings };
}

/** Whether a definition is one of an orb's. */
function isOf({ place }: Definition, { source }: Orb): boolean {
  return source?.source === place.source && source.path.every((key, index) => place.path[index] === key);
}

/** The orbs that a config imports by reference, with the pipeline values that stand in their references. */
export function findImports(source: Source, values: Mapping): readonly string[] {
  const { scope } = prepare(source, { values });
  return [...orbsIn(scope)].flatMap(({ reference }) => (reference === undefined ? [] : [reference]));
}

function prepare(source: Source, { values = {}, orbs = {} }: CompileOptions) {
  const top = { source, path: [] };
  const config = mappingOf(source.value);
  const early: Problem[] = [];
  const parameters = readPipelineParameters(top, (problem) => early.push(problem));
  const inConfig = pipelineEnvironment(values, parameters, false);
  const inOrb = pipelineEnvironment(values, {}, true);
  const templates = isVersion21(top, config, (problem) => early.push(problem));
  const { compiler, findings } = makeCompiler(top, { inConfig, inOrb }, templates);
  early.forEach(compiler.report);
  const scope = makeScope(top, config, {
    sources: orbs,
    resolve: (reference, place, isInOrb) => String(substitute(reference, isInOrb ? inOrb : inConfig, place, compiler)),
  });
  return { top, parameters, scope, compiler, findings };
}

/** In a config of version 2, `<<` is text like any other. Any other version is none ("version"). */
function isVersion21(top: Place, { version }: Mapping, report: Report): boolean {
  const known = version === undefined || ['2', '2.0', '2.1'].includes(String(version));
  if (!known) {
    const message = `the version is ${quote(version)}, expected 2.1 or 2`;
    report({ ...inside(top, 'version'), code: 'wrong-version', message });
  }
  return Number(version) !== 2;
}
