import { fail, ok, type Result } from '../../result.js';
import type { Failure, Options } from '../command.js';
import { type Limits, readLimits } from '../limits.js';
import type { parameters } from './declaration.js';
import type { FailedBefore } from './known-job.js';
import type { Told } from './report.js';

/** What is wished for, as values. */
export interface Wish extends Limits {
  /** The first is the program. */
  readonly command: readonly string[];
  readonly failedBefore: FailedBefore;
  /** For the verdict. */
  readonly told: Told;
}

/** Reads the options that say how to migrate. */
export function readWish(options: Options<typeof parameters>): Result<Wish, Failure> {
  const limits = readLimits(options);
  if (!limits.ok) return limits;
  const command = parseCommand(options.command);
  if (!command.ok) return fail({ code: 2, cause: `--command ${command.error}` });
  return ok({
    command: command.value,
    ...limits.value,
    failedBefore: options.failed_before === 'stop' ? 'stop' : 'rerun',
    told: {
      timeout: options.timeout,
      onCancel: options.on_cancel === 'delete' ? 'delete' : 'leave',
    },
  });
}

/** A JSON list of strings, of which the first is the program. */
function parseCommand(text: string): Result<readonly string[], string> {
  const refuse = fail(`is ${text}, expected a JSON list of strings like ["node", "migrate.js"]`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse;
  }
  if (!Array.isArray(value)) return refuse;
  const words = value.filter((one: unknown) => typeof one === 'string');
  return words.length === value.length && (words[0] ?? '') !== '' ? ok(words) : refuse;
}
