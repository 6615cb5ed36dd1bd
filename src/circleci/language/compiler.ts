import { giveAlias } from './aliases.js';
import type { Environment } from './environment.js';
import type { Definition, Orb } from './model.js';
import type { Place } from './place.js';
import type { Problem, Report } from './problem.js';

/** What every part of one compilation shares. */
export interface Compiler {
  /** Something is wrong. The same thing at the same place is kept once. */
  readonly report: Report;
  /** Something was not looked into; it is not wrong. */
  readonly note: Report;
  /** Whether `<< >>` means anything: in a config of version 2 it does not. */
  readonly templates: boolean;
  /** Counts what is made, in characters; false when it is more than a config may become. */
  spend(amount: number): boolean;
  /** Remembers that a workflow comes to this; whether it is for the first time. */
  use(what: Definition | Orb): boolean;
  /** Remembers that an opaque orb gets this executor by its name. */
  keep(executor: Definition): void;
  /** What an opaque orb is called in the compiled config. */
  aliasOf(orb: Orb): string;
  /** The pipeline's values, as they are in scope in the config and inside orbs. */
  readonly pipeline: { readonly inConfig: Environment; readonly inOrb: Environment };
}

/** What a compilation collects. */
export interface Findings {
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
  readonly used: ReadonlySet<Definition | Orb>;
  readonly kept: ReadonlySet<Definition>;
  readonly aliases: ReadonlyMap<Orb, string>;
}

/** A config compiles to at most 8 MB; four times that much is made for none that does. */
const MOST = 32 * 1024 * 1024;

/** @param top the config, which a problem of the whole is about */
export function makeCompiler(
  top: Place,
  pipeline: Compiler['pipeline'],
  templates: boolean,
): { readonly compiler: Compiler; readonly findings: Findings } {
  const used = new Set<Definition | Orb>();
  const problems: Problem[] = [];
  const notes: Problem[] = [];
  const report = collectOnce(problems);
  let left = MOST;
  const spend = (amount: number): boolean => {
    if (left >= 0) {
      left -= amount;
      if (left < 0) {
        const message = 'the config becomes much larger than the 8 MB that CircleCI takes: something in it multiplies';
        report({ ...top, code: 'too-large', message });
      }
    }
    return left >= 0;
  };
  const use = (what: Definition | Orb): boolean => !used.has(what) && used.add(what).has(what);
  const kept = new Set<Definition>();
  const keep = (executor: Definition): void => {
    use(executor);
    kept.add(executor);
  };
  const aliases = new Map<Orb, string>();
  return {
    compiler: {
      report,
      note: collectOnce(notes),
      templates,
      spend,
      use,
      keep,
      aliasOf: (orb) => giveAlias(orb, top, aliases),
      pipeline,
    },
    findings: { problems, notes, used, kept, aliases },
  };
}

/** Orbs and commands are gone through once for every job that uses them, and say the same thing each time. */
function collectOnce(into: Problem[]): Report {
  const seen = new Set<string>();
  return (problem) => {
    const { code, message, source, path } = problem;
    const key = JSON.stringify([code, message, source.file, path]);
    if (seen.has(key)) return;
    seen.add(key);
    into.push(problem);
  };
}
