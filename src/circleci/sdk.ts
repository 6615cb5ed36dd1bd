/**
 * The only importer of the CircleCI config SDK, and what it lacks. The SDK is a webpack bundle: only its default import
 * works at run time. Its `stringify` is not used (it prints a wrong version and does not guard against YAML 1.1), so
 * everything here ends in plain objects.
 */
import CircleCI from '@circleci/circleci-config-sdk';
import type { Plain } from './plain.js';

const { Job: SdkJob, Workflow: SdkWorkflow, commands, executors, orb, parameters, reusable, workflow } = CircleCI;

/** A step, as the SDK makes it. */
export type Step = NonNullable<ConstructorParameters<typeof SdkJob>[2]>[number];

type CommandParameters =
  CircleCI.parameters.CustomParametersList<CircleCI.types.parameter.literals.CommandParameterLiteral>;

/** The orb under the alias by which jobs call it, inline or imported. */
export class OrbAlias {
  readonly #commands: Readonly<
    Record<string, CircleCI.orb.OrbRef<CircleCI.types.parameter.literals.CommandParameterLiteral>>
  >;

  /**
   * @param alias the name before the slash
   * @param names the commands that the orb has
   */
  constructor(alias: string, names: readonly string[]) {
    const none: CommandParameters = new parameters.CustomParametersList([]);
    const manifest = { commands: Object.fromEntries(names.map((name) => [name, none])), jobs: {}, executors: {} };
    this.#commands = new orb.OrbImport(alias, '', '', '', undefined, manifest).commands;
  }

  /** A step that calls a command of the orb. Members that are undefined are left out. */
  call(name: string, values: Plain = {}): Step {
    const command = this.#commands[name];
    if (command === undefined) throw new Error(`the orb has no command ${name}`);
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return new reusable.ReusedCommand(command, given.length === 0 ? undefined : (Object.fromEntries(given) as never));
  }
}

/** A step that checks the repository out. It needs an empty folder. */
export function checkout(): Step {
  return new commands.Checkout();
}

/** A step that runs a command: text that is written by the generator and nobody else. */
export function run(name: string, command: string): Step {
  return new commands.Run({ name, command });
}

/** A step that keeps files for the jobs that follow. */
export function persistToWorkspace(root: string, paths: readonly string[]): Step {
  return new commands.workspace.Persist({ root, paths: [...paths] });
}

/** A step that fetches what jobs before have kept. */
export function attachWorkspace(at: string): Step {
  return new commands.workspace.Attach({ at });
}

/** A step that fetches the newest cache whose key starts like this. */
export function restoreCache(key: string): Step {
  return new commands.cache.Restore({ key });
}

/** A step that keeps files for pipelines that follow. */
export function saveCache(key: string, paths: readonly string[]): Step {
  return new commands.cache.Save({ key, paths: [...paths] });
}

/** A machine that a job runs on: one of CircleCI's, or, without an image, a self-hosted runner. */
export interface Machine {
  readonly resourceClass: string;
  /** Undefined: a self-hosted runner. */
  readonly image: string | undefined;
  /** Whether CircleCI keeps the layers of Docker between jobs. */
  readonly layerCaching: boolean;
}

/** A job on a machine. The SDK has no word for self-hosted runners, which `machine: true` stands for. */
export function machineJob(name: string, machine: Machine, steps: readonly Step[]): Plain {
  const { resourceClass, image, layerCaching } = machine;
  const made = job(
    name,
    new executors.MachineExecutor(resourceClass as never, image, layerCaching ? true : undefined),
    steps,
  );
  return image === undefined ? { ...made, machine: true } : made;
}

/** A job in a container. */
export function dockerJob(name: string, image: string, resourceClass: string, steps: readonly Step[]): Plain {
  return job(name, new executors.DockerExecutor(image, resourceClass as never), steps);
}

function job(name: string, executor: ConstructorParameters<typeof SdkJob>[1], steps: readonly Step[]): Plain {
  const generated = new SdkJob(name, executor, [...steps]).generate() as Readonly<Record<string, Plain>>;
  return generated[name] ?? {};
}

/** What a workflow says about one of its jobs. */
export interface Invocation {
  readonly name: string;
  readonly kind: 'job' | 'approval';
  /** The job that is called by that name. Default: the job of that name. */
  readonly job?: string;
  readonly requires?: readonly string[];
  readonly context?: readonly string[];
  /** An expression; the SDK knows the map form alone. */
  readonly filters?: string;
  readonly serialGroup?: string;
}

/** A workflow: its `when` is an expression, which the SDK cannot say, and comes before the jobs. */
export function makeWorkflow(name: string, when: string | undefined, invocations: readonly Invocation[]): Plain {
  const made = new SdkWorkflow(name);
  for (const invocation of invocations) made.jobs.push(invoke(invocation));
  const generated = made.generate() as Readonly<Record<string, { readonly jobs?: readonly unknown[] }>>;
  return { when, jobs: (generated[name]?.jobs ?? []).map(shortForm) };
}

/** A job that says nothing but its name is written as its name. */
function shortForm(job: unknown): unknown {
  const [[name, values] = ['', {}]] = Object.entries(job as Readonly<Record<string, Plain>>);
  return Object.keys(values).length === 0 ? name : job;
}

function invoke({ name, kind, job: called, requires, context, filters, serialGroup }: Invocation) {
  const values = {
    ...(kind === 'approval' ? { type: 'approval' } : {}),
    ...(called === undefined ? {} : { name }),
    ...(requires === undefined || requires.length === 0 ? {} : { requires: [...requires] }),
    ...(context === undefined || context.length === 0 ? {} : { context: [...context] }),
    ...(serialGroup === undefined ? {} : { 'serial-group': serialGroup }),
    ...(filters === undefined ? {} : { filters }),
  };
  if (kind === 'approval') return new workflow.WorkflowJobApproval(name, values as never);
  const placeholder = new SdkJob(called ?? name, new executors.DockerExecutor(''), []);
  return new workflow.WorkflowJob(placeholder, values as never);
}
