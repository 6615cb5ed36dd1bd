/** Something that keeps a Pod, or whatever makes Pods, from doing its work. */
export interface Problem {
  /** One line of cause, with what was found: `container "web" of Pod web-1: ...`. */
  readonly cause: string;
  /** The vendor's word: `ImagePullBackOff`, `OOMKilled`, `Unschedulable`. */
  readonly reason: string;
  readonly pod?: string;
  readonly container?: string;
  /**
   * Milliseconds that it may last. 0: it cannot heal, so waiting would be a waste. `HEALING`: as long as the user lets
   * what can heal last. Infinity: somebody else sets its end (a startup probe, an autoscaler), or there is none, so it
   * only explains why time ran out.
   */
  readonly grace: number;
}

/** Stands for the time that the user gives to what can heal; it is this many milliseconds where none is given. */
export const HEALING = 300_000;

/** Milliseconds for what heals only by what is just under way: Pods that end, an object that is applied at this moment. */
export const SOON = 60_000;

/** What every start passes through: worth telling only when time has run out. */
export const ORDINARY: ReadonlySet<string> = new Set(['NotReady', 'Initializing', 'NotTakenUp']);

/** A container that runs until the kubelet, for whose liveness probe it is to end, has ended it. */
export const KILLING = 'Killing';

/** Whether the words of the runtime about a pull say that it will never work: not there, or not allowed. */
export function isHopelessPull(message: string): boolean {
  return /not found|manifest unknown|name unknown|denied|unauthorized|authorization failed|forbidden|no match for platform|no matching manifest|does not exist/i.test(
    message,
  );
}

/** The runtime's words without the wrappings that repeat the image: what is left is the registry's answer. */
export function shortenPull(message: string): string {
  const cleaned = message
    .replaceAll(/rpc error: code = \w+ desc = /g, '')
    .replace(/^Back-off pulling image "[^"]*": (?:ErrImagePull: )?/, '')
    .replaceAll(/failed to (?:pull and unpack image|resolve reference|resolve image|pull image) "[^"]*": /g, '')
    .replaceAll(/\s+/g, ' ');
  return cleaned.length > 400 ? `${cleaned.slice(0, 397)}...` : cleaned;
}

/** Words that may have several lines, as part of a sentence. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** Whether a refusal is of a quota that is used up. One that is too small for the Pod alone never heals. */
export function isQuota(message: string): boolean {
  return /exceeded quota/i.test(message);
}

/** Whether a refusal is of a quota that was just made: what is used of it is still being counted, for a moment. */
export function isNewQuota(message: string): boolean {
  return /status unknown for quota/i.test(message);
}

/**
 * Why the API server would not let a controller make a Pod (`FailedCreate`). A quota may be freed by Pods that are just
 * ending, as in any rolling update; a policy does not change by waiting.
 */
export function refusalProblem(message: string): Problem {
  return {
    reason: 'FailedCreate',
    cause: `no Pod can be made: ${message.replace(/^Error creating: /, '')}`,
    grace: graceOfRefusal(message),
  };
}

function graceOfRefusal(message: string): number {
  if (/failed calling webhook/i.test(message)) return HEALING;
  if (isNewQuota(message)) return SOON;
  if (isQuota(message)) return /used: \S+?=0(?:,\S+?=0)*,/.test(message) ? 0 : SOON;
  if (/not found/i.test(message)) return SOON;
  return /forbidden|denied|violates|is invalid/i.test(message) ? 0 : HEALING;
}
