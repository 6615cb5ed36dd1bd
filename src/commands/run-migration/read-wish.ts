import { fail, ok, type Result } from '../../result.js';
import type { Failure, Options } from '../command.js';
import { parseDuration } from '../duration.js';
import type { parameters } from './declaration.js';
import type { FailedBefore } from './known-job.js';
import type { Told } from './report.js';

/** What is wished for, as values. */
export interface Wish {
  /** The first is the program. */
  readonly command: readonly string[];
  /** Milliseconds that the migration may take, and that it waits for another one. */
  readonly timeout: number;
  /** Milliseconds that what can heal may last before its container starts. */
  readonly grace: number;
  readonly failedBefore: FailedBefore;
  /** For the verdict. */
  readonly told: Told;
}

/** Reads the options that say how to migrate. */
export function readWish(options: Options<typeof parameters>): Result<Wish, Failure> {
  const usage = (cause: string) => fail({ code: 2 as const, cause });
  const timeout = parseDuration(options.timeout);
  if (!timeout.ok) return usage(`--timeout ${timeout.error}`);
  const grace = parseDuration(options.grace);
  if (!grace.ok) return usage(`--grace ${grace.error}`);
  const command = parseCommand(options.command);
  if (!command.ok) return usage(`--command ${command.error}`);
  return ok({
    command: command.value,
    timeout: timeout.value,
    grace: grace.value,
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
