import { quote } from '../../../../diagnostic/quote.js';
import type { WrittenStep } from '../../written/written.js';
import type { Rule } from '../rule.js';

export const remoteDockerTwice: Rule = {
  name: 'remote-docker-twice',
  group: 'meaning',
  weight: 'error',
  summary: 'A job with more than one "setup_remote_docker".',
  why: 'CircleCI refuses the config.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#setupremotedocker',
  check: ({ written }, report) => {
    const seen = new Map<string, WrittenStep>();
    for (const step of written.steps) {
      const { name, definition, path } = step;
      if (name !== 'setup_remote_docker' || definition?.kind !== 'jobs') continue;
      // Below a "when" it may be one or the other.
      if (path.length !== definition.path.length + 2) continue;
      const key = definition.path.join('/');
      if (!seen.has(key)) seen.set(key, step);
      else report({ path, message: `the job ${quote(definition.name)} sets up a remote Docker a second time` });
    }
  },
};
