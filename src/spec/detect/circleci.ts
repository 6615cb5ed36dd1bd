import type { Yaml } from '../../yaml/parse.js';
import { type Invocation, isScheduled, readInvocations } from './invocations.js';
import { hasStep, isTestName, looksLikeTest, ships, wordsOf } from './job-kinds.js';
import { type Mapping, mappingOf, textOf } from './repository.js';

/** A job of an existing config, and what a spec has to know of it. */
export interface KnownJob {
  readonly name: string;
  readonly line: number;
  /** It is run before anything is shipped: on every branch, and its name or its steps test something. */
  readonly test: boolean;
  /** What a person has to look at before it runs in the generated workflow. */
  readonly cautions: readonly string[];
  /** Where it works, what it runs and the steps that it calls. */
  readonly words: readonly string[];
}

/** A workflow of an existing config. */
export interface KnownWorkflow {
  readonly name: string;
  /** What it calls: jobs of the config and of orbs. */
  readonly jobs: readonly string[];
  /** A job of it builds an image or deploys. */
  readonly ships: boolean;
  /** It runs by a schedule, and not when somebody pushes. */
  readonly scheduled: boolean;
  /** The schedule is one of the config's own. */
  readonly hasTriggers: boolean;
  /** Its condition, as JSON; empty where it has none. */
  readonly condition: string;
}

/** What an existing `.circleci/config.yml` or `base.yml` says. */
export interface KnownConfig {
  readonly yaml: Yaml;
  readonly jobs: readonly KnownJob[];
  readonly workflows: readonly KnownWorkflow[];
  /** Jobs of orbs that its workflows run, `node/test`. */
  readonly orbJobs: readonly string[];
  /** Contexts of the workflows' jobs, by the job's name. */
  readonly contexts: readonly { readonly job: string; readonly names: readonly string[]; readonly line: number }[];
  /** It continues with another config that it makes. */
  readonly setup: boolean;
  /** Values that the steps give to the AWS CLI or to an orb. */
  readonly clusters: readonly {
    readonly job: string;
    readonly cluster: string;
    readonly region: string | undefined;
    readonly line: number;
  }[];
}

/**
 * Reads a config of CircleCI that was parsed already.
 * @param isBase its jobs are run by gen-config, and need no workflow
 */
export function readKnownConfig(yaml: Yaml, isBase = false): KnownConfig {
  const top = mappingOf(yaml.value);
  const invocations = readInvocations(mappingOf(top['workflows']), yaml);
  const definitions = mappingOf(top['jobs']);
  const commands = mappingOf(top['commands']);
  const known = Object.keys(definitions);
  const persisting = known.filter((name) => hasStep(definitions[name], commands, 'persist_to_workspace'));
  const jobs = known.map((name): KnownJob => {
    const own = invocations.filter(({ reference, approval }) => reference === name && !approval);
    // Before there were workflows, a job named build ran on every push.
    const alone = invocations.length === 0 || (isBase && own.length === 0);
    const everywhere = own.some((one) => one.everywhere) || (alone && (name === 'build' || isTestName(name)));
    const cautions: string[] = [];
    const test = everywhere && looksLikeTest(name, definitions[name], commands);
    if (test) {
      const waits = own.flatMap(({ requires }) => requires).filter((one) => persisting.includes(one));
      if (waits.length > 0 && hasStep(definitions[name], commands, 'attach_workspace')) {
        cautions.push(`attaches the workspace of ${waits.join(', ')}, but the jobs of "test" run side by side`);
      }
      const parameters = Object.entries(mappingOf(mappingOf(definitions[name])['parameters']));
      const without = parameters
        .filter(([, parameter]) => mappingOf(parameter)['default'] === undefined)
        .map(([key]) => key);
      if (without.length > 0) cautions.push(`needs ${without.join(', ')}, which "test" cannot give: add a default`);
      if (own.some(({ matrix }) => matrix)) cautions.push('ran as a matrix, runs once now');
      const contexts = own.flatMap((one) => one.contexts);
      if (contexts.length > 0) cautions.push(`had the context ${contexts.join(', ')}, has none now`);
    }
    const definition = mappingOf(definitions[name]);
    const words = [textOf(definition['working_directory']) ?? '', ...wordsOf(definition['steps'], commands)];
    return { name, line: yaml.keyRange(['jobs', name]).start.line, test, cautions, words };
  });
  return {
    yaml,
    jobs,
    workflows: Object.entries(mappingOf(top['workflows'])).flatMap(([name, raw]): readonly KnownWorkflow[] => {
      const called = invocations.filter(({ workflow, approval }) => workflow === name && !approval);
      const { triggers, when, unless } = mappingOf(raw);
      return called.length === 0
        ? []
        : [
            {
              name,
              jobs: called.map(({ reference }) => reference),
              ships: called.some((one) =>
                [one.reference, one.name].some((job) => ships(job, definitions[one.reference], commands)),
              ),
              scheduled: isScheduled(mappingOf(raw)),
              hasTriggers: triggers !== undefined,
              condition: when === undefined && unless === undefined ? '' : JSON.stringify([when, unless]),
            },
          ];
    }),
    orbJobs: [...new Set(invocations.map(({ reference }) => reference).filter((name) => name.includes('/')))],
    contexts: invocations
      .filter(({ contexts }) => contexts.length > 0)
      .map(({ name, contexts, line }) => ({ job: name, names: contexts, line })),
    setup: top['setup'] === true,
    clusters: readClusters(definitions, commands, invocations, yaml),
  };
}

/** EKS clusters that jobs speak to: `aws eks update-kubeconfig --name X --region Y`, or `cluster-name: X` of an orb. */
function readClusters(
  definitions: Mapping,
  commands: Mapping,
  invocations: readonly Invocation[],
  yaml: Yaml,
): KnownConfig['clusters'] {
  const inSteps = Object.entries(definitions).flatMap(([job, definition]) =>
    wordsOf(mappingOf(definition)['steps'], commands).flatMap((words) => {
      const cluster = /\beks update-kubeconfig\b[^\n;&|]*--name[= ]["']?([A-Za-z0-9][\w-]*)/.exec(words)?.[1];
      const region = /--region[= ]["']?([a-z]{2}(?:-[a-z]+)+-\d+)/.exec(words)?.[1];
      return cluster === undefined ? [] : [{ job, cluster, region, line: yaml.keyRange(['jobs', job]).start.line }];
    }),
  );
  const inInvocations = invocations.flatMap(({ name, values, line }) => {
    const cluster = textOf(values['cluster-name']) ?? textOf(values['cluster_name']);
    const region = textOf(values['aws-region']) ?? textOf(values['region']);
    return cluster === undefined || cluster.includes('<<') ? [] : [{ job: name, cluster, region, line }];
  });
  return [...inSteps, ...inInvocations];
}
