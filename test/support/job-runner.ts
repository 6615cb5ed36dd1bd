import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

type Mapping = Readonly<Record<string, unknown>>;

/** What happened to a step. */
export interface StepRun {
  readonly name: string;
  readonly exitCode: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly milliseconds: number;
}

export interface JobRun {
  readonly job: string;
  readonly ok: boolean;
  readonly steps: readonly StepRun[];
}

export interface JobRunnerOptions {
  /** The repository that `checkout` copies, at the commit in `CIRCLE_SHA1`. */
  readonly repository: string;
  /** Environment of every step, as CircleCI and the machine image give it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the steps of compiled jobs as CircleCI would: each `run` in a shell of its own (`bash -eo pipefail`) with the
 * job's environment, in a home and a working directory that are new for each job, and a workspace that jobs of one
 * workflow share. Steps that only speed things up or report (caches, test results) do nothing.
 */
export async function jobRunner(options: JobRunnerOptions) {
  const workspace = await mkdtemp(join(tmpdir(), 'workspace-'));
  return {
    /** Runs one job. After its first failing step only those run that ask for it. `env` holds what contexts add. */
    run: async (name: string, job: Mapping, env: Readonly<Record<string, string>> = {}): Promise<JobRun> => {
      const home = await mkdtemp(join(tmpdir(), 'job-'));
      const cwd = join(home, 'project');
      await mkdir(cwd);
      await writeFile(join(home, '.bash_env'), '');
      const whole = { ...options.env, HOME: home, BASH_ENV: join(home, '.bash_env'), CIRCLE_JOB: name, ...env };
      const steps: StepRun[] = [];
      let failed = false;
      for (const written of job['steps'] as readonly (Mapping | string)[]) {
        const step = typeof written === 'string' ? { [written]: {} } : written;
        // After a failure the steps that ask for it still run, and only then those for failures (run, "when").
        const { when = 'on_success' } = (step['run'] ?? {}) as Mapping;
        if (when !== 'always' && (when === 'on_fail') !== failed) continue;
        const run = await runStep(step, { cwd, env: whole, workspace, repository: options.repository });
        steps.push(run);
        if (run.exitCode !== 0) failed = true;
      }
      await rm(home, { recursive: true, force: true });
      return { job: name, ok: steps.every(({ exitCode }) => exitCode === 0), steps };
    },
    close: () => rm(workspace, { recursive: true, force: true }),
  };
}

interface StepContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspace: string;
  readonly repository: string;
}

async function runStep(step: Mapping, { cwd, env, workspace, repository }: StepContext): Promise<StepRun> {
  const [[kind, raw] = ['', {}]] = Object.entries(step);
  const values = raw as Readonly<Record<string, string>>;
  const start = Date.now();
  const done = (output = ''): StepRun => ({ name: kind, exitCode: 0, output, milliseconds: Date.now() - start });
  switch (kind) {
    case 'run':
      return runShell(values, cwd, env);
    case 'checkout':
      await cp(repository, cwd, { recursive: true });
      await promisify(execFile)('git', ['checkout', '--quiet', '--detach', env['CIRCLE_SHA1'] ?? 'HEAD'], { cwd });
      return done();
    case 'persist_to_workspace': {
      // CircleCI fails this step when nothing is there to persist.
      await cp(join(cwd, values['root'] ?? ''), workspace, { recursive: true });
      return done();
    }
    case 'attach_workspace':
      await cp(workspace, join(cwd, values['at'] ?? ''), { recursive: true });
      return done();
    case 'restore_cache':
    case 'save_cache':
    case 'store_test_results':
      return done();
    default:
      throw new Error(`the job runner does not know the step ${kind}`);
  }
}

function runShell(run: Mapping, cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<StepRun> {
  const start = Date.now();
  const { name, command, environment } = run as {
    name: string;
    command: string;
    environment?: Record<string, unknown>;
  };
  const own = Object.fromEntries(Object.entries(environment ?? {}).map(([key, value]) => [key, String(value)]));
  return new Promise((resolve) => {
    const child = spawn('bash', ['-eo', 'pipefail', '-c', command], {
      cwd,
      env: { ...env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)));
    child.on('close', (code) => resolve({ name, exitCode: code ?? 255, output, milliseconds: Date.now() - start }));
  });
}
