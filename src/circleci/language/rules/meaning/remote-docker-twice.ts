import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const remoteDockerTwice: Rule = {
  name: 'remote-docker-twice',
  group: 'meaning',
  weight: 'error',
  summary: 'A job with more than one "setup_remote_docker".',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#setupremotedocker',
  check: fromCompiler('remote-docker-twice'),
};
