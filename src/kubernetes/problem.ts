/** Something that keeps a Pod, or whatever makes Pods, from doing its work. */
export interface Problem {
  /** One line of cause, with what was found: `container "web" of Pod web-1: ...`. */
  readonly cause: string;
  /** The vendor's word: `ImagePullBackOff`, `OOMKilled`, `Unschedulable`. */
  readonly reason: string;
  readonly pod?: string;
  readonly container?: string;
  /**
   * Milliseconds that it may last. 0: it cannot heal, so waiting would be a waste. Infinity: it may just take long
   * (a slow start, a node that is being added) and only explains why time ran out.
   */
  readonly grace: number;
}

/** Milliseconds for what heals often: a registry that hiccups, a volume that is still being attached. */
export const HEALING = 60_000;

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
    .replaceAll(/failed to (?:pull and unpack image|resolve reference|resolve image|pull image) "[^"]*": /g, '')
    .replaceAll(/\s+/g, ' ');
  return cleaned.length > 400 ? `${cleaned.slice(0, 397)}...` : cleaned;
}

/**
 * Why the API server would not let a controller make a Pod (`FailedCreate`). A quota may be freed by Pods that are just
 * ending, as in any rolling update; a policy or a missing service account does not change by waiting.
 */
export function refusalProblem(message: string): Problem {
  const quota = /exceeded quota/i.test(message);
  const hopeless = /forbidden|denied|violates|is invalid|not found/i.test(message);
  return {
    reason: 'FailedCreate',
    cause: `no Pod can be made: ${message.replace(/^Error creating: /, '')}`,
    grace: quota ? QUOTA : hopeless ? 0 : HEALING,
  };
}

const QUOTA = 15_000;
