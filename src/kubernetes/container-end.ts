import type { TerminatedState } from './objects.js';

/** Signals that end programs, by number. @see https://man7.org/linux/man-pages/man7/signal.7.html */
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** How a container ended, as the rest of a sentence: `exited with code 3`, `was killed: out of memory (exit code 137)`. */
export function describeEnd(ended: TerminatedState): string {
  switch (ended.reason) {
    case 'OOMKilled':
      return `was killed: out of memory (OOMKilled, exit code ${ended.exitCode}); its memory limit is too low for it`;
    case 'StartError':
    case 'ContainerCannotRun':
      return `could not be started: ${shortenStart(ended.message ?? ended.reason)}`;
    default: {
      const signal = SIGNALS[ended.exitCode - 128];
      return `exited with code ${ended.exitCode}${signal === undefined ? '' : ` (${signal})`}`;
    }
  }
}

/** The runtime's words without the names of the programs that passed them on. */
function shortenStart(message: string): string {
  return message
    .trim()
    .replace(/^.*(?:unable to start container process|OCI runtime create failed): /s, '')
    .replace(/: unknown$/, '');
}
