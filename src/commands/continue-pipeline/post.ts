import { HttpError, type Io } from '../../io/io.js';
import { isTransientStatus, withRetries } from '../../io/retry.js';
import { parseJson, stringAt } from '../../json.js';
import { isPrivate } from '../../registry/address.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';

interface Continuation {
  /** Address of CircleCI. */
  readonly host: string;
  /** The text of the config. */
  readonly configuration: string;
  readonly parameters: Readonly<Record<string, true>>;
}

/**
 * Continues the pipeline that this job is of (API v2, "Continue a pipeline"). A pipeline is continued once and no more,
 * so an attempt whose answer got lost may be repeated: the worst is to hear that it was continued.
 */
export async function postContinuation(
  { host, configuration, parameters }: Continuation,
  io: Io,
): Promise<Result<undefined, Failure>> {
  const key = io.env['CIRCLE_CONTINUATION_KEY'] ?? '';
  if (key === '') {
    return fail({
      code: 1,
      cause: 'CIRCLE_CONTINUATION_KEY is not set, so this is no job of a setup configuration',
      next: 'The configuration needs "setup: true", and the project the setting "Enable dynamic config using setup workflows" (Project Settings, Advanced).',
    });
  }
  const url = URL.canParse(host) ? new URL('/api/v2/pipeline/continue', host) : undefined;
  if (url === undefined || !isPrivate(url)) {
    return fail({ code: 2, cause: `--host is ${JSON.stringify(host)}: expected https:// and the name of a host` });
  }
  const body = JSON.stringify({ 'continuation-key': key, configuration, parameters });
  // Whether an attempt may have done its work though no good answer came.
  let lost = false;
  const send = async () => {
    try {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const response = await io.http({
        method: 'POST',
        url: url.href,
        headers,
        body,
        timeout: 60_000,
        idleTimeout: 30_000,
        signal: io.signal,
      });
      const answer = { status: response.status, headers: response.headers, text: await response.text(1024 * 1024) };
      lost ||= isTransientStatus(answer.status);
      return answer;
    } catch (error) {
      lost = true;
      throw error;
    }
  };
  try {
    const { status, text } = await withRetries(io, { server: url.host }, send);
    if (status >= 200 && status < 300) return ok(undefined);
    const message = stringAt(parseJson(text), 'message')?.replaceAll(key, '***') ?? '';
    if (!lost || !CONTINUED.test(message)) return fail(explain(status, message, url.host));
    io.stdout.write('it was continued already: by the attempt whose answer got lost\n');
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return fail({ code: 1, cause: error.message, next: 'Rerun this workflow from failed.' });
  }
}

/** What CircleCI says of a pipeline that was continued before. */
const CONTINUED = /not in setup state/i;

/** The messages that CircleCI is known to send, and what to do about each. */
const ADVICE: readonly (readonly [message: RegExp, next: string])[] = [
  [
    CONTINUED,
    'A pipeline is continued once: rerun the workflows that came after this one, or trigger a new pipeline (run-all: true runs every service).',
  ],
  [/expired/i, 'A pipeline can be continued for six hours: trigger a new one.'],
  [
    /conflicting pipeline parameters/i,
    'A parameter that the trigger gave has the name of one that this job gives: only run-all is for triggers.',
  ],
  [
    /unexpected argument/i,
    'The configuration does not declare all parameters: run "npx gen-config" and commit the result.',
  ],
];

function explain(status: number, message: string, host: string): Failure {
  const cause = `${host} does not continue the pipeline (${status})${message === '' ? '' : `: ${message}`}`;
  const next = ADVICE.find(([pattern]) => pattern.test(message))?.[1];
  return { code: 1, cause, ...(next === undefined ? {} : { next }) };
}
