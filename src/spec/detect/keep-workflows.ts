import type { KnownConfig, KnownWorkflow } from './circleci.js';

/** What gen-config makes of a config, as far as it decides which of its workflows may stay. */
export interface Replacement {
  /** Names of the jobs that gen-config makes, in lower case. */
  readonly generated: readonly string[];
  /** Jobs that the spec names as tests. */
  readonly tests: readonly string[];
  /** There are services, so the config is one that a setup config continues with. */
  readonly continued: boolean;
  /** Pipeline parameters that nothing sets any more. */
  readonly parameters: readonly string[];
}

/**
 * The workflows that gen-config's own do not replace: those that build no image and deploy nothing, and do not run the
 * tests on a push, which would then run twice. Their names, and those that only their schedule keeps out.
 */
export function keepWorkflows(
  config: KnownConfig,
  replacement: Replacement,
): { readonly kept: readonly string[]; readonly unscheduled: readonly string[] } {
  const own = config.workflows.filter((workflow) => isApart(workflow, config, replacement));
  const [unscheduled, kept] = [true, false].map((out) =>
    own.filter(({ hasTriggers }) => (hasTriggers && replacement.continued) === out).map(({ name }) => name),
  );
  return { kept: kept ?? [], unscheduled: unscheduled ?? [] };
}

function isApart(
  { name, jobs, ships, scheduled, condition }: KnownWorkflow,
  config: KnownConfig,
  { generated, tests, parameters }: Replacement,
): boolean {
  const stays = (job: string) => {
    const isOwn = config.jobs.some((one) => one.name === job);
    return job.includes('/') || (isOwn && !generated.includes(job.toLowerCase()));
  };
  return (
    !ships &&
    jobs.every(stays) &&
    (scheduled || !jobs.some((job) => tests.includes(job))) &&
    !parameters.some((parameter) => condition.includes(parameter)) &&
    !/^(test|deliver(-.*)?)$/i.test(name)
  );
}
